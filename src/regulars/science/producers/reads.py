"""What several producers of one refresh read of the same commit."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import ibis.expr.schema as sch
import ibis.expr.types as ir

from regulars.lake import Snapshot
from regulars.science.producers.producer import Producer
from regulars.science.producers.work import WorkTables, columns, work_tables


class SharedReads:
    """The facts of all members that any producer measures anew, read once for all of them.

    Every producer first says by ``expect`` whom it will measure; then they ask for ``facts``.
    """

    def __init__(self, work: WorkTables) -> None:
        self.snapshot = work.snapshot
        self._work = work
        self._changed: dict[int, ir.Table] = {}
        self._expected: dict[str, tuple[Producer, ir.Table]] = {}
        self._read: dict[str, ir.Table] = {}

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

    def expect(self, producer: Producer, touched: ir.Table) -> None:
        """Note that the producer will measure the members of the kept table ``touched``."""
        self._expected[producer.name] = (producer, touched)

    def facts(self, producer: Producer, work: WorkTables) -> dict[str, ir.Table]:
        """Return, by table, the facts of the producer's members with the columns it reads.

        They are tables of ``work``, so that what is compiled for them is found again.
        """
        return {name: self._facts_of(producer, name, work) for name in producer.facts}

    def _facts_of(self, producer: Producer, name: str, work: WorkTables) -> ir.Table:
        _, touched = self._expected[producer.name]
        held = self._held(name, set(producer.fact_columns))
        query = f'SELECT {columns(held)} FROM "{self._facts_of_all(name).get_name()}"'
        if len(self._members(name)) == 1:
            return work.view(f"facts/{name}", query, held)
        query += f' SEMI JOIN "{touched.get_name()}" USING (member_id)'
        return work.keep_query(f"facts/{name}", query, held)

    def _facts_of_all(self, name: str) -> ir.Table:
        if name not in self._read:
            asked = {
                column
                for producer, _ in self._expected.values()
                if name in producer.facts
                for column in producer.fact_columns
            }
            held = self._held(name, asked)
            members = " UNION ALL ".join(
                f'SELECT member_id FROM "{touched}"' for touched in self._members(name)
            )
            self._read[name] = self._work.keep_query(
                f"facts/{name}",
                f'SELECT {columns(held)} FROM "{name}" SEMI JOIN ({members}) USING (member_id)',
                held,
            )
        return self._read[name]

    def _members(self, name: str) -> list[str]:
        """Return the names of the tables of members whose facts in this table are asked."""
        asking = (touched for one, touched in self._expected.values() if name in one.facts)
        return sorted({touched.get_name() for touched in asking})

    def _held(self, name: str, asked: set[str]) -> sch.Schema:
        schema = self.snapshot.table(name).schema()
        return sch.Schema({column: kind for column, kind in schema.items() if column in asked})


@contextmanager
def shared_reads(snapshot: Snapshot) -> Iterator[SharedReads]:
    """Offer reads of one commit that are shared until the block ends."""
    with work_tables(snapshot) as work:
        yield SharedReads(work)
