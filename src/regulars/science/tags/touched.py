"""Deciding the members that something touched, and the few tags for which everybody counts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import ibis.expr.schema as sch
import ibis.expr.types as ir

from regulars.lake.contracts import contract
from regulars.science.producers.run_log import ProducerRun
from regulars.science.producers.work import WorkTables
from regulars.science.tags.rules import TABLE, Order, TagRule
from regulars.science.tags.sheet import Asked, decide

IDS = sch.Schema({"member_id": "string"})


@dataclass(frozen=True, slots=True)
class Decided:
    """Kept tables: rows to write (member_id and the tags), and members who have none any more."""

    rows: ir.Table
    gone: ir.Table
    members_asked: int


def all_anew(work: WorkTables, order: Order, asked: Asked, *, errors: dict[str, str]) -> Decided:
    """Decide every tag of every member."""
    rows = decide(work, order.levels, asked, step="rows", errors=errors)
    nobody = work.keep_query("gone", "SELECT NULL::VARCHAR AS member_id WHERE false", IDS)
    return Decided(rows, nobody, work.count(rows))


def the_touched(
    work: WorkTables, order: Order, asked: Asked, *, base: ProducerRun, errors: dict[str, str]
) -> Decided | None:
    """Decide what may have changed since the run ``base``; None when nothing was touched.

    The tags of members who were not touched are those of the last run, but for tags that compare
    members: these are decided for everybody, and whoever they move is among the rows.
    """
    touched = _touched(work, order, asked, since=base.lake_sequence)
    members = work.count(touched)
    if not members:
        return None
    near = decide(work, _only(order, order.apart), asked, step="near", among=touched, errors=errors)
    far: ir.Table | None = None
    if order.comparing:
        far = decide(work, _only(order, order.comparing), asked, step="far", errors=errors)
    return Decided(_differing(work, order, near, far), _leaving(work, touched, near), members)


def _differing(work: WorkTables, order: Order, near: ir.Table, far: ir.Table | None) -> ir.Table:
    """Return the whole rows of members of whom any value differs from the last run's."""
    work.snapshot.table(TABLE)
    people, joins = f'SELECT member_id FROM "{near.get_name()}"', ""
    if far is not None:
        people = f'SELECT member_id FROM "{far.get_name()}"'
        joins = f'LEFT JOIN "{far.get_name()}" AS f USING (member_id)'
    values = []
    for tag in (tag for level in order.levels for tag in level):
        kind = "DOUBLE" if tag.numeric else "VARCHAR"
        value = f'b."{tag.code}"'
        if tag.code in order.comparing:
            value = f'f."{tag.code}"'
        elif tag.code in order.apart:
            value = f'CASE WHEN n.member_id IS NULL THEN {value} ELSE n."{tag.code}"::{kind} END'
        values.append((tag.code, f"{value}::{kind}"))
    selected = ", ".join(f'{value} AS "{code}"' for code, value in values)
    differs = " OR ".join(f'{value} IS DISTINCT FROM b."{code}"' for code, value in values)
    kinds = {tag.code: "float64" if tag.numeric else "string" for tag in order.tags}
    return work.keep_query(
        "rows",
        f"SELECT m.member_id, {selected} FROM ({people}) AS m {joins} "
        f'LEFT JOIN "{near.get_name()}" AS n USING (member_id) '
        f"LEFT JOIN {TABLE} AS b USING (member_id) "
        f"WHERE b.member_id IS NULL OR {differs}",
        sch.Schema({"member_id": "string", **kinds}),
    )


def _leaving(work: WorkTables, touched: ir.Table, near: ir.Table) -> ir.Table:
    """Return the touched who have a row and are no members any more, as after a merge."""
    return work.keep_query(
        "gone",
        f'SELECT member_id FROM {TABLE} SEMI JOIN "{touched.get_name()}" USING (member_id) '
        f'ANTI JOIN "{near.get_name()}" USING (member_id)',
        IDS,
    )


def _touched(work: WorkTables, order: Order, asked: Asked, *, since: int) -> ir.Table:
    """Return members whose facts, or rows of features that tags read, were written since."""
    snapshot = work.snapshot
    moved = [f"SELECT member_id FROM member_changes WHERE sequence > {since}"]
    snapshot.table("member_changes")
    for name in sorted(_tables(order, asked)):
        if contract(name).kind == "feature" and snapshot.has(name):
            rows = work.keep_rows(f"revised {name}", snapshot.revised_members(name, since), IDS)
            moved.append(f'SELECT member_id FROM "{rows.get_name()}"')
    union = " UNION ".join(f"SELECT member_id FROM ({query})" for query in moved)
    return work.keep_query("touched", f"{union} EXCEPT SELECT NULL", IDS)


def _tables(order: Order, asked: Asked) -> set[str]:
    return {name for tag in order.tags for name in tag.tables(asked.vocabulary)}


def _only(order: Order, codes: Iterable[str]) -> tuple[tuple[TagRule, ...], ...]:
    wanted = set(codes)
    return tuple(tuple(tag for tag in level if tag.code in wanted) for level in order.levels)
