"""Writing: one commit over several tables."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import chain
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from regulars.base.errors import ContractError
from regulars.lake.contracts import Contract, contract
from regulars.lake.draft import Draft
from regulars.lake.engine import Engine
from regulars.lake.snapshot import Snapshot, snapshot_of
from regulars.lake.storage import data_files
from regulars.lake.storage.abreast import abreast
from regulars.lake.storage.delta import Files
from regulars.lake.storage.manifest import Manifest
from regulars.lake.storage.sql import quoted, rows_of
from regulars.lake.validation import ArrowRows, CheckedRows
from regulars.lake.writing import owners, revision, upsert
from regulars.lake.writing.scouting import Scout
from regulars.lake.writing.upsert import UpsertCount

_CHANGES = "member_changes"


class Transaction:
    """Writes that readers see all at once when the ``with`` block of ``Lake.transaction`` ends.

    Rows are anything with ``__arrow_c_stream__``: a ``pa.Table``, a ``RecordBatchReader``, an Ibis
    table. They are checked against the table's contract while they stream. Every write raises
    ``ContractError`` for a row that breaks the contract, ``UnknownTableError`` for a table without
    one, and ``LakeError`` when the table cannot be written.
    """

    def __init__(self, draft: Draft, scout: Scout | None = None) -> None:
        self._draft = draft
        self._scout = scout
        self._members: list[pa.Array[Any]] = []
        self._fact_members: list[pa.Array[Any]] = []
        self._after_commit: list[Callable[[], None]] = []
        self._fact_writes = 0
        self._seen: Snapshot | None = None

    @property
    def fact_writes(self) -> int:
        """How many writes of this transaction have changed members' facts so far."""
        return self._fact_writes

    def members_with_facts(self) -> pa.Array[Any]:
        """Return the members whose facts this transaction has changed so far, each once."""
        members = pc.unique(pa.chunked_array(self._fact_members, pa.string()))
        self._fact_members = [members]
        return members

    def smallest_changed(self, name: str, column: str) -> Any:
        """Return a bound: no row that this transaction wrote or took out has a smaller value.

        None when there is no such row. It is found in the files that changed as a whole.
        """
        declared, changed = contract(name), self._draft.changed_files(name)
        if not changed:
            return None
        with self._draft.queries(name) as cursor:
            rows = rows_of(declared, changed, self._draft.files(name).columns)
            found = cursor.execute(f"SELECT min({quoted(column)}) FROM ({rows})").to_arrow_table()
        return found.column(0)[0].as_py()

    def on_commit(self, callback: Callable[[], None]) -> None:
        """Call back once the commit stands; never when it is taken back.

        A crash in between loses the call: what it does must be found undone, and done later.
        """
        self._after_commit.append(callback)

    def committed(self) -> None:
        """Run what waits for the commit; the lake calls it once readers see the writes."""
        for callback in self._after_commit:
            callback()

    @property
    def sequence(self) -> int:
        """The number this commit will have."""
        return self._draft.sequence

    def append(self, name: str, rows: ArrowRows) -> int:
        """Add rows that are known to be new; return how many. Keys are not compared."""
        declared = self._draft.writable(name)
        checked = CheckedRows(declared, rows, fixed=self._revision(declared))
        with self._draft.queries(name) as cursor:
            self._draft.publish(declared, added=self._draft.stream(cursor, declared, checked))
        self._note(declared, checked.members())
        return checked.row_count

    def upsert(self, name: str, rows: ArrowRows, *, gone: pa.Table | None = None) -> UpsertCount:
        """Make the held rows of the incoming keys equal to the incoming rows.

        Only differences are written; without any there is no new version. Where the contract
        declares ``replaces_by``, held rows of an incoming group that did not come are removed.
        Two incoming rows with the same key are a ``ContractError``. Rows with a key of ``gone``
        that did not come are removed in the same writing; not where groups are replaced.
        """
        with self._arrived(name, rows, gone) as arrived:
            return self._noted(self._written(arrived))

    def upsert_together(self, rows: Iterable[tuple[str, ArrowRows]]) -> dict[str, UpsertCount]:
        """``upsert`` of several tables, which are compared and written at the same time.

        A table's rows are taken before the next ones are asked for: one connection may make all.
        """
        with ExitStack() as passing_files:

            def arriving() -> Iterator[Callable[[], _Written]]:
                for name, theirs in rows:
                    arrived = passing_files.enter_context(self._arrived(name, theirs, None))
                    yield partial(self._written, arrived)

            written = abreast(arriving())
        return {one.declared.name: self._noted(one) for one in written}

    def replace_partition(
        self,
        name: str,
        rows: ArrowRows,
        *,
        partition: Mapping[str, object],
        in_order: bool = False,
    ) -> int:
        """Make the partition hold exactly the rows; return how many.

        ``partition`` gives a value for each partition column, such as ``{"as_of": date(…)}``;
        the rows may leave these columns out. ``{}`` replaces a table without partitions. The rows
        of an open table bring its columns with them. ``in_order`` promises that they come by
        member, each once, and spares sorting them; rows that do not are a ``ContractError``.
        """
        declared = self._draft.writable(name)
        if declared.open_columns:
            arriving = pa.RecordBatchReader.from_stream(rows)
            declared, rows = self._draft.opened(declared, arriving.schema), arriving
        if set(partition) != set(declared.partition):
            raise ContractError(
                f"the partition {dict(partition)} does not name the columns {declared.partition}",
                where=f"table {name}",
            )
        place = tuple(str(partition[column]) for column in declared.partition)
        files = self._draft.files(name)
        removed = [file for file in files.data if file.partition == place]
        fixed = {**partition, **self._revision(declared)}
        checked = CheckedRows(declared, rows, fixed=fixed, rising="member_id" if in_order else "")
        with self._draft.queries(name) as cursor:
            if declared.moves_features:
                held = rows_of(declared, removed, files.columns)
                self._note(declared, [_distinct_members(cursor, held)])
            added = self._draft.stream(cursor, declared, checked, partition=place)
            self._draft.publish(declared, added=added, removed=removed)
        self._note(declared, checked.members())
        return checked.row_count

    def revise(
        self, name: str, rows: ArrowRows, *, gone: pa.Table, partition: Mapping[str, object]
    ) -> int:
        """Put rows in the place of those of the same members in one partition of a feature table.

        The partition's other rows stay, and are not written again until a tenth of them has been
        revised. ``gone`` (member_id) are members who have a row no more. Returns the rows written.
        """
        declared = self._draft.writable(name)
        if not declared.keeps_revisions:
            raise ContractError("only feature tables keep revisions", where=f"table {name}")
        fixed = {**partition, **self._revision(declared)}
        checked = CheckedRows(declared, rows, fixed=fixed)
        place = tuple(str(partition[column]) for column in declared.partition)
        with self._draft.queries(name) as cursor, checked.offence_raised():
            cursor.register("arriving", checked.reader())
            cursor.register("leaving", gone)
            revision.revise(self._draft, cursor, declared, place)
        return checked.row_count + len(gone)

    def remove(self, name: str, keys: pa.Table) -> int:
        """Remove the rows with one of the keys (the contract's key columns); return how many."""
        declared = self._keyed(name)
        if set(keys.column_names) != set(declared.key):
            raise ContractError(
                f"rows are removed by {declared.key}, not by {keys.column_names}",
                where=f"table {name}",
            )
        with self._draft.queries(name) as cursor:
            return self._noted(self._removed(declared, cursor, keys)).removed

    def give(self, tables: Sequence[str], becomes: Mapping[str, str]) -> dict[str, pa.Table]:
        """Give all rows of members to others (old id → new id, none of them on both sides).

        Returns by table the key columns and the former ``member_id`` of every row that changed
        hands.
        """
        declared = [self._keyed(name) for name in tables]
        found = abreast([partial(owners.give, self._draft, one, becomes) for one in declared])
        for one, given in zip(declared, found, strict=True):
            if one.moves_features and given.num_rows:
                old = pc.unique(given.column("member_id"))
                new = pa.array([becomes[member] for member in old.to_pylist()], pa.string())
                self._note(one, [old, pc.unique(new)])
        return dict(zip(tables, found, strict=True))

    def erase_member(self, member_id: str) -> dict[str, int]:
        """Remove the member's rows from every table; return rows removed per table that had any.

        Older versions still hold the rows until ``Lake.vacuum(keep_hours=0)``.
        """
        return owners.erase_member(self._draft, member_id)

    def snapshot(self) -> Snapshot:
        """Return the tables with this transaction's own writes so far.

        Before the first write the thread's own of the newest commit, and later the same one while
        nothing is written: opening an engine costs more than a small question.
        """
        if not self._draft.is_changed:
            return snapshot_of(self._draft.root, self._draft.newest)
        manifest = Manifest(self.sequence, dict(self._draft.versions))
        if self._seen is None or self._seen.manifest != manifest:
            self._seen = Snapshot(Engine(self._draft.root, manifest.tables), manifest)
        return self._seen

    def write_member_changes(self) -> None:
        """Note whose rows the writes so far have changed; the lake calls it before the commit."""
        members = pc.unique(pa.chunked_array(self._members, pa.string()))
        self._members = []
        if len(members):
            numbers = pa.repeat(pa.scalar(self.sequence, pa.int64()), len(members))
            self.append(_CHANGES, pa.table({"member_id": members, "sequence": numbers}))

    @contextmanager
    def _arrived(self, name: str, rows: ArrowRows, gone: pa.Table | None) -> Iterator[_Arrived]:
        """Take the rows into a passing file; an offence among them is raised here."""
        declared = self._keyed(name)
        checked = CheckedRows(declared, rows)
        with checked.offence_raised():
            arriving = _unless_empty(checked.reader())
        with self._draft.staging() as folder, self._draft.queries(name) as cursor:
            if arriving is not None:
                with checked.offence_raised():
                    upsert.stage(cursor, declared, arriving, folder / "incoming.parquet")
            yield _Arrived(declared, cursor, checked, gone)

    def _written(self, arrived: _Arrived) -> _Written:
        """Compare and write what has arrived. Of several tables at once: it notes nothing."""
        declared, cursor, gone = arrived.declared, arrived.cursor, arrived.gone
        files = self._draft.files(declared.name)
        if not arrived.checked.row_count:
            return self._removed(declared, cursor, gone)
        if gone is not None:
            cursor.register("leaving", gone)
        upsert.want(cursor, declared, leaving=gone is not None)
        if files.data:
            seen = self._scout.sighting(declared.name) if self._scout is not None else None
            upsert.hold(cursor, declared, files, "wanted", seen)
            return self._write_difference(cursor, declared, files, upsert.compare(cursor, declared))
        added = data_files.write_by_partition(
            cursor, declared, "SELECT * FROM incoming", self._draft.root / declared.name
        )
        self._draft.publish(declared, added=added)
        return _Written(
            declared, UpsertCount(new=arrived.checked.row_count), arrived.checked.members()
        )

    def _removed(
        self, declared: Contract, cursor: duckdb.DuckDBPyConnection, gone: pa.Table | None
    ) -> _Written:
        files = self._draft.files(declared.name)
        if gone is None or not gone.num_rows:
            return _Written(declared, UpsertCount(), [])
        cursor.register("leaving", gone)
        upsert.hold(cursor, declared, files, "leaving")
        count = upsert.compare_removal(cursor, declared)
        return self._write_difference(cursor, declared, files, count)

    def _write_difference(
        self,
        cursor: duckdb.DuckDBPyConnection,
        declared: Contract,
        files: Files,
        count: UpsertCount,
    ) -> _Written:
        if not count.written:
            return _Written(declared, count, [])
        members = [upsert.moved_members(cursor)] if declared.moves_features else []
        touched = upsert.touched_files(cursor, files)
        added = self._draft.rewrite(
            cursor,
            declared,
            touched,
            lambda partition, data: (
                f"{upsert.kept_rows(declared, data, files)} UNION ALL BY NAME "
                f"{upsert.arriving_rows(declared, count, inside=[partition])}"
            ),
        )
        rest = upsert.arriving_rows(declared, count, outside=[file.partition for file in touched])
        added += data_files.write_by_partition(
            cursor, declared, rest, self._draft.root / declared.name
        )
        self._draft.publish(declared, added=added, removed=touched)
        return _Written(declared, count, members)

    def _noted(self, written: _Written) -> UpsertCount:
        self._note(written.declared, written.members)
        return written.count

    def _note(self, declared: Contract, members: list[pa.Array[Any]]) -> None:
        """Remember whose rows were written, and who of them got, kept or lost a fact."""
        self._members += members
        if declared.kind == "fact" and members:
            self._fact_members += members
            self._fact_writes += 1

    def _keyed(self, name: str) -> Contract:
        declared = self._draft.writable(name)
        if not declared.key:
            raise ContractError("a table without a key takes only appends", where=f"table {name}")
        if declared.keeps_revisions:
            raise ContractError(
                "rows of a feature table are revised", where=f"table {name}", fix="Use revise"
            )
        return declared

    def _revision(self, declared: Contract) -> dict[str, object]:
        return {"revision": self.sequence, "gone": False} if declared.keeps_revisions else {}


@dataclass(frozen=True, slots=True)
class _Arrived:
    """Rows that wait to be compared: on the cursor as ``incoming``, unless there are none."""

    declared: Contract
    cursor: duckdb.DuckDBPyConnection
    checked: CheckedRows
    gone: pa.Table | None


@dataclass(frozen=True, slots=True)
class _Written:
    """What came of writing a table, and whose rows it were."""

    declared: Contract
    count: UpsertCount
    members: list[pa.Array[Any]]


def _unless_empty(rows: pa.RecordBatchReader) -> pa.RecordBatchReader | None:
    """Return a reader of the same rows; None without any: nothing need be staged and compared."""
    for batch in rows:
        if batch.num_rows:
            return pa.RecordBatchReader.from_batches(rows.schema, chain([batch], rows))
    return None


def _distinct_members(cursor: duckdb.DuckDBPyConnection, query: str) -> pa.Array[Any]:
    found: pa.Table = cursor.execute(
        f"SELECT DISTINCT member_id FROM ({query}) WHERE member_id IS NOT NULL"
    ).to_arrow_table()
    return found.column("member_id").combine_chunks().cast(pa.string())
