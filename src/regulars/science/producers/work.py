"""Tables kept on the engine while features are computed, so that nothing is read twice.

What a producer says is written in Ibis; the steps between, which are the same for every producer,
are plain SQL: at a few thousand changed members, compiling them would cost more than running them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import ibis.expr.operations as ops
import ibis.expr.schema as sch
import ibis.expr.types as ir

from regulars.base.ids import new_id
from regulars.lake import Snapshot
from regulars.science.producers.producer import Producer


class WorkTables:
    """Passing tables and views of one snapshot's connection."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self._made: list[tuple[str, str]] = []

    def keep(self, rows: ir.Table) -> ir.Table:
        """Compute the rows now and return them as a table."""
        return self.keep_query(self.compiled(rows), rows.schema())

    def compiled(self, rows: ir.Table) -> str:
        """Return the SQL for rows."""
        return str(self.snapshot.connection.compile(rows))

    def keep_query(self, query: str, schema: sch.Schema) -> ir.Table:
        """Compute the query's rows now; ``schema`` is what they look like."""
        return self._make("TABLE", query, schema)

    def view(self, query: str, schema: sch.Schema) -> ir.Table:
        """Give the query a name; it is computed where it is read."""
        return self._make("VIEW", query, schema)

    def together(self, one: ir.Table, other: ir.Table, names: Sequence[str]) -> ir.Table:
        """Return these columns of the rows of two kept tables or views."""
        selected = (f'SELECT {columns(names)} FROM "{rows.get_name()}"' for rows in (one, other))
        schema = one.schema()
        return self.view(
            " UNION ALL ".join(selected), sch.Schema({name: schema[name] for name in names})
        )

    def count(self, rows: ir.Table) -> int:
        """Return how many rows a kept table or view has."""
        return int(self.query(f'SELECT count(*) FROM "{rows.get_name()}"').fetchone()[0])

    def row(self, rows: ir.Table) -> dict[str, Any]:
        """Return the only row of a kept table."""
        found: list[dict[str, Any]] = (
            self.query(f'SELECT * FROM "{rows.get_name()}"').to_arrow_table().to_pylist()
        )
        return found[0]

    def query(self, query: str) -> Any:
        """Run SQL over the snapshot's tables and those kept."""
        return self.snapshot.connection.raw_sql(query)

    def drop(self) -> None:
        """Free what was kept; a view goes before what it reads."""
        while self._made:
            kind, name = self._made.pop()
            self.query(f'DROP {kind} "{name}"')

    def _make(self, kind: str, query: str, schema: sch.Schema) -> ir.Table:
        connection, name = self.snapshot.connection, new_id("work_")
        # Ibis' own create_table calls what DuckDB has deprecated.
        connection.raw_sql(f'CREATE TEMP {kind} "{name}" AS {query}')
        self._made.append((kind, name))
        return ops.DatabaseTable(name=name, schema=schema, source=connection).to_expr()


class SharedReads:
    """What several producers of one refresh ask of the same commit, read once for all of them."""

    def __init__(self, snapshot: Snapshot, producers: Iterable[Producer]) -> None:
        self.snapshot = snapshot
        self._work = WorkTables(snapshot)
        self._producers = tuple(producers)
        self._changed: dict[int, ir.Table] = {}
        self._facts: dict[tuple[int, str], ir.Table] = {}

    def changed(self, since: int) -> ir.Table:
        """Return member_id of the members whose facts changed in commits after ``since``."""
        if since not in self._changed:
            members = self.snapshot.changed_members(since=since)
            self._changed[since] = self._work.keep(members.filter(members["member_id"].notnull()))
        return self._changed[since]

    def facts(self, producer: Producer, since: int) -> dict[str, ir.Table]:
        """Return, by table, the facts of those members with the columns any producer reads."""
        return {name: self._facts_of(name, since) for name in producer.facts}

    def drop(self) -> None:
        """Free what was kept."""
        self._work.drop()

    def _facts_of(self, name: str, since: int) -> ir.Table:
        if (since, name) not in self._facts:
            asked = {c for p in self._producers if name in p.facts for c in p.fact_columns}
            schema = self.snapshot.table(name).schema()
            held = sch.Schema({c: kind for c, kind in schema.items() if c in asked})
            members = self.changed(since).get_name()
            self._facts[since, name] = self._work.keep_query(
                f'SELECT {columns(held)} FROM "{name}" SEMI JOIN "{members}" USING (member_id)',
                held,
            )
        return self._facts[since, name]


@contextmanager
def work_tables(snapshot: Snapshot) -> Iterator[WorkTables]:
    """Offer work tables that go with the block."""
    work = WorkTables(snapshot)
    try:
        yield work
    finally:
        work.drop()


@contextmanager
def shared_reads(snapshot: Snapshot, producers: Iterable[Producer]) -> Iterator[SharedReads]:
    """Offer reads of one commit that are shared until the block ends."""
    reads = SharedReads(snapshot, producers)
    try:
        yield reads
    finally:
        reads.drop()


def columns(names: Iterable[str]) -> str:
    """Return column names as SQL."""
    return ", ".join(f'"{name}"' for name in names)
