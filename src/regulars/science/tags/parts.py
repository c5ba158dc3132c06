"""Many members in parts, in the order of their ids, so that memory follows the part."""

from __future__ import annotations

from collections.abc import Iterator

import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.compute as pc

from regulars.science.producers.work import WorkTables

# A part reads the facts of its members. Where the lake is not tidied they lie among everybody's, so
# that each part reads all there are: three readings of a million members' orders, not nine.
MEMBERS_AT_ONCE = 400_000


def member_parts(work: WorkTables, among: ir.Table | None) -> Iterator[str]:
    """Yield queries for member_id, in the order of ids, that together are all that are asked."""
    source = "members"
    if among is not None:
        source = f'members SEMI JOIN "{among.get_name()}" USING (member_id)'
    work.snapshot.table("members")
    for inside in _ranges(work, source):
        yield f"SELECT member_id FROM {source} WHERE {inside} ORDER BY member_id"


def in_order(work: WorkTables, query: str) -> pa.RecordBatchReader:
    """Return the query's rows, one per member, by member.

    Each part is put in order by its ids alone: to carry two hundred columns through a sort costs
    the engine more than to write them.
    """
    schema = work.query(f"SELECT * FROM ({query}) LIMIT 0").to_arrow_table().schema

    def batches() -> Iterator[pa.RecordBatch]:
        for inside in list(_ranges(work, f"({query})")):
            part = work.query(f"SELECT * FROM ({query}) WHERE {inside}").to_arrow_table()
            yield from part.take(pc.sort_indices(part.column("member_id"))).to_batches()

    return pa.RecordBatchReader.from_batches(schema, batches())


def _ranges(work: WorkTables, source: str) -> Iterator[str]:
    """Yield conditions that part the source, which has a row per member."""
    first = work.query(
        f"SELECT member_id FROM (SELECT member_id, row_number() OVER (ORDER BY member_id) AS n "
        f"FROM {source}) WHERE n % {MEMBERS_AT_ONCE} = 1 ORDER BY member_id"
    ).fetchall()
    bounds = [str(row[0]) for row in first]
    for n, low in enumerate(bounds):
        inside = f"member_id >= '{low}'"
        if n + 1 < len(bounds):
            inside += f" AND member_id < '{bounds[n + 1]}'"
        yield inside
