"""What several producers of one refresh read of the same commit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import ibis.expr.schema as sch
import ibis.expr.types as ir

from regulars.lake import Snapshot
from regulars.science.producers.producer import Producer
from regulars.science.producers.work import WorkTables, columns, work_tables


class SharedReads:
    """The members changed since a commit and their facts, read once for all producers."""

    def __init__(self, work: WorkTables, producers: Iterable[Producer]) -> None:
        self.snapshot = work.snapshot
        self._work = work
        self._producers = tuple(producers)
        self._changed: dict[int, ir.Table] = {}
        self._facts: dict[tuple[int, str], ir.Table] = {}

    def changed(self, since: int) -> ir.Table:
        """Return member_id of the members whose facts changed in commits after ``since``."""
        if since not in self._changed:
            name = "member_changes"
            members = self.snapshot.table(name).select("member_id").schema()
            self._changed[since] = self._work.keep_query(
                # Called after its turn: a name with the commit's number would never come again.
                f"{len(self._changed)}/{name}",
                f'SELECT DISTINCT member_id FROM "{name}" '
                f"WHERE sequence > {since} AND member_id IS NOT NULL",
                members,
            )
        return self._changed[since]

    def facts(self, producer: Producer, since: int) -> dict[str, ir.Table]:
        """Return, by table, the facts of those members with the columns any producer reads."""
        return {name: self._facts_of(name, since) for name in producer.facts}

    def _facts_of(self, name: str, since: int) -> ir.Table:
        if (since, name) not in self._facts:
            asked = {c for p in self._producers if name in p.facts for c in p.fact_columns}
            schema = self.snapshot.table(name).schema()
            held = sch.Schema({c: kind for c, kind in schema.items() if c in asked})
            members = self.changed(since).get_name()
            self._facts[since, name] = self._work.keep_query(
                f"{list(self._changed).index(since)}/{name}",
                f'SELECT {columns(held)} FROM "{name}" SEMI JOIN "{members}" USING (member_id)',
                held,
            )
        return self._facts[since, name]


@contextmanager
def shared_reads(snapshot: Snapshot, producers: Iterable[Producer]) -> Iterator[SharedReads]:
    """Offer reads of one commit that are shared until the block ends."""
    with work_tables(snapshot) as work:
        yield SharedReads(work, producers)
