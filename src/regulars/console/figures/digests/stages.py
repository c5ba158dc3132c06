"""Every change of lifecycle stage by month and home, and the stages of any past day."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

from regulars.science.facts import known
from regulars.science.lifecycle import NOT_YET, stage_on

if TYPE_CHECKING:
    from datetime import date

    import ibis.expr.types as ir

    from regulars.console.desk import Desk

SCHEMA = ibis.schema(
    {
        "home_store_id": "string",
        "guide_id": "string",
        "month": "date",
        "before": "string",
        "after": "string",
        "members": "int64",
    }
)


def flows(desk: Desk) -> ir.Table:
    """Count the changes before the reader's date, in the columns of ``SCHEMA``.

    Who has neither a day of joining nor an order became a member in an unknown month: null.
    """
    people = desk.whole.table("members").select("member_id", "home_store_id", "guide_id")
    changes = known(desk.whole.table("lifecycle_transitions"), desk.as_of)
    dated = changes.select(
        "member_id",
        month=changes["business_date"].truncate("M"),
        before=changes["from_stage"],
        after=changes["to_stage"],
    )
    undated = _undated(desk).select(
        "member_id",
        month=ibis.null().cast("date"),
        before=ibis.literal(NOT_YET),
        after=ibis.literal("introduction"),
    )
    moved = dated.union(undated).inner_join(people, "member_id")
    keys = ("home_store_id", "guide_id", "month", "before", "after")
    return moved.group_by(*keys).agg(members=moved.count()).order_by(*keys)


def stages_on(desk: Desk, day: date) -> ir.Table:
    """Return member_id and place of everybody who was a member before ``day`` began; uncut."""
    dated = stage_on(desk.whole.table("lifecycle_transitions"), day)
    undated = _undated(desk).select("member_id", place=ibis.literal("introduction"))
    return dated.select("member_id", place=dated["lifecycle_stage"]).union(undated)


def _undated(desk: Desk) -> ir.Table:
    staged = desk.whole.table("features/lifecycle")
    return staged.filter(staged["as_of"] == desk.as_of, staged["entered_on"].isnull())
