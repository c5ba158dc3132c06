"""The order of the members page: by one column, then by id; who lacks the value comes last."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from regulars.console.figures.member_filters import MemberFilter


def ordered(rows: ir.Table, wanted: MemberFilter, *, back: bool = False) -> ir.Table:
    """Return the rows in the order wanted, or ``back`` to front."""
    column = rows[wanted.sort]
    falling = wanted.descending is not back
    key = (ibis.desc if falling else ibis.asc)(column, nulls_first=back)
    if wanted.sort == "member_id":
        return rows.order_by(key)
    return rows.order_by(key, ibis.desc("member_id") if back else ibis.asc("member_id"))


def beyond(
    rows: ir.Table, wanted: MemberFilter, *, value: object, member_id: str, back: bool
) -> ir.Table:
    """Return the rows that come after the member with the value; with ``back``, before them."""
    column, ids = rows[wanted.sort], rows["member_id"]
    falling = wanted.descending is not back
    if wanted.sort == "member_id":
        return rows.filter(ids < member_id if falling else ids > member_id)
    tied = ids < member_id if back else ids > member_id
    if value is None:
        return rows.filter(column.notnull() | tied if back else column.isnull() & tied)
    farther = column < value if falling else column > value
    same = (column == value) & tied
    return rows.filter(farther | same if back else farther | same | column.isnull())
