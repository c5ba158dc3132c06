"""From the staged rows to the rows of each lake table, in SQL over the staged file."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from types import TracebackType
from typing import Self

import pyarrow as pa

from regulars.apps.ingest.mapping import Mapping
from regulars.apps.ingest.pipeline import selects
from regulars.apps.ingest.pipeline.sql import literal, quoted, select, staging_connection
from regulars.apps.ingest.pipeline.stage import Noted, Staged
from regulars.lake.contracts import contract

_BATCH_ROWS = 100_000


class Shaper:
    """Selects the rows of every table of a load.

    Call ``own`` (whose the rows are), ``drop_repeats``, ``know`` (what the lake holds), then
    ``rows``. The connection spills to the load's folder.
    """

    def __init__(self, mapping: Mapping, staged: Staged, *, now: datetime) -> None:
        file = staged.file
        self._mapping = mapping
        self._table = contract(mapping.contract)
        self._now = now.astimezone(UTC)
        self._folder = file.parent
        self._sql = staging_connection(file.parent)
        self._sql.execute("SET TimeZone = 'UTC'")
        self._sql.register("met_stores", staged.stores)
        # The file's name is made by the load; nothing of the source or the mapping is in it.
        self._view("staged", select(["*"], f"read_parquet({literal(str(file))})"))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._sql.close()
        shutil.rmtree(self._folder / "spill", ignore_errors=True)

    def own(self, member_of_person: pa.Table) -> list[int]:
        """Give rows their member; return the numbers of rows that must have one and do not."""
        self._sql.register("member_of_person", member_of_person)
        columns = ["s.*", "m.member_id"]
        join = "staged s LEFT JOIN member_of_person m ON s._person = m.person"
        rule = self._mapping.member
        if rule is None or not rule.required:
            self._view("owned", select(columns, join))
            return []
        self._view("owned", select(columns, join, "WHERE m.member_id IS NOT NULL"))
        lost = self._sql.execute(select(["s._row"], join, "WHERE m.member_id IS NULL")).fetchall()
        return sorted(row for (row,) in lost)

    def drop_repeats(self) -> tuple[int, Noted]:
        """Keep the last row of each key; return how many go, and those that said otherwise."""
        key = [quoted(name) for name in self._table.key if name != "name" or not self._exploded]
        repeats = selects.repeats(key, self._said())
        self._sql.execute(f"CREATE TEMP TABLE dropped AS {repeats}")
        count = self._number(select(["count(*)"], "dropped"))
        left = "owned ANTI JOIN dropped USING (_row)" if count else "owned"
        self._view("unique_rows", select(["*"], left))
        self._view("kept", select([self._filled()], "unique_rows"))
        return count, self._noted("dropped", "differs")

    def know(self, held: dict[str, pa.Table]) -> None:
        """Take in what the lake holds of stores, products, members, attributes, orders."""
        for name, rows in held.items():
            self._sql.register(f"held_{name}", rows)
        merging = "order_lines" in held
        query = selects.main_rows(self._mapping, self._table, now=self._now)
        if merging:
            query = selects.with_held_lines(query)
        self._view("shaped", query)

    def rows(self, table: str) -> pa.RecordBatchReader:
        """Return the rows of a table of this load, with the columns of its contract."""
        return self._reader(selects.table_rows(table, self._mapping, self._table))

    def notes(self) -> dict[str, Noted]:
        """Return what only the whole load can tell: rules over the lake, orders at odds."""
        if self._table.name != "order_lines":
            return {}
        found = self._flagged("measured_quantity", "unknown_product")
        if self._mapping.rollup is not None:
            odd = self._number(select(["count(*)"], f"({selects.ODD_ORDERS})"))
            found["inconsistent_order"] = Noted(odd, ())
        if self._mapping.member is not None:
            found["unknown_member"] = self._noted(
                "kept", "member_id IS NULL AND _person IS NOT NULL"
            )
        return {rule: noted for rule, noted in found.items() if noted.count}

    def changed_source_rows(self) -> int:
        """Return how many source rows say something new, where one row becomes several."""
        return self._number(selects.CHANGED_SOURCE_ROWS)

    def distinct(self, column: str) -> pa.Array:
        """Return the distinct values of a column of the kept rows."""
        query = select([f"DISTINCT {quoted(column)} AS v"], "kept")
        return self._sql.execute(query).to_arrow_table().column("v").combine_chunks()

    def _said(self) -> list[str]:
        """The columns in which two rows of one key may differ."""
        found = self._sql.execute(select(["*"], "owned", "LIMIT 0")).description or []
        return [quoted(str(column[0])) for column in found if column[0] not in {"_row", "_person"}]

    @property
    def _exploded(self) -> bool:
        return bool(self._mapping.attributes)

    def _filled(self) -> str:
        """Every column, statistics standing in gaps: they are known only now that all rows are."""
        replaced = []
        for target in (*self._mapping.columns, *self._mapping.attributes):
            if target.impute is None or target.impute.policy == "constant":
                continue
            name = target.name if target in self._mapping.columns else f"attribute {target.name}"
            filler = selects.filler(quoted(name), target.impute.policy)
            replaced.append(f"coalesce({quoted(name)}, ({filler})) AS {quoted(name)}")
        return f"* REPLACE ({', '.join(replaced)})" if replaced else "*"

    def _noted(self, table: str, condition: str) -> Noted:
        columns = ["count(*)", "coalesce(min(_row, 5), [])"]
        row = self._sql.execute(select(columns, table, f"WHERE {condition}")).fetchone()
        count, samples = row or (0, [])
        return Noted(int(count), tuple(samples))

    def _flagged(self, *rules: str) -> dict[str, Noted]:
        """How many lines carry each flag, in one pass."""
        columns = []
        for rule in rules:
            carries = f"FILTER (WHERE _row > 0 AND contains(flags, {literal(rule)}))"
            columns += [f"count(*) {carries}", f"coalesce(min(_row, 5) {carries}, [])"]
        row = self._sql.execute(select(columns, "shaped")).fetchone() or ()
        return {
            rule: Noted(int(row[2 * place]), tuple(row[2 * place + 1]))
            for place, rule in enumerate(rules)
        }

    def _number(self, query: str) -> int:
        row = self._sql.execute(query).fetchone()
        return int(row[0]) if row else 0

    def _view(self, name: str, query: str) -> None:
        self._sql.execute(f"CREATE OR REPLACE TEMP VIEW {name} AS {query}")

    def _reader(self, query: str) -> pa.RecordBatchReader:
        return self._sql.execute(query).to_arrow_reader(_BATCH_ROWS)
