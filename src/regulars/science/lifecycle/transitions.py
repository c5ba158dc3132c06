"""Every change of stage in a member's life, derived from orders alone.

A stage depends on how many orders there were and how long ago the last one was, so its history
needs no diary: from one day a member was seen (joined, ordered) to the next, only falling asleep,
being lost and coming back can have happened.
"""

from __future__ import annotations

from datetime import date

import ibis
import ibis.expr.types as ir

from regulars.science.facts import checked_date, known, require_columns
from regulars.science.lifecycle.rules import STAGES, LifecycleRules

NOT_YET = "absent"  # before they were a member
_AWAKE = ("introduction", "growth", "mature")
# What may follow what. Nobody goes back to an earlier stage but by falling asleep, nobody is lost
# without having slept.
LEGAL: frozenset[tuple[str, str]] = frozenset(
    [(NOT_YET, stage) for stage in _AWAKE]
    + [("introduction", "growth"), ("introduction", "mature"), ("growth", "mature")]
    + [(stage, "dormant") for stage in _AWAKE]
    + [("dormant", "churned")]
    + [(asleep, stage) for asleep in ("dormant", "churned") for stage in _AWAKE]
)
_COLUMNS = ("member_id", "business_date", "from_stage", "to_stage")


def transitions(
    orders: ir.Table, members: ir.Table, *, as_of: date, rules: LifecycleRules | None = None
) -> ir.Table:
    """Return every change of stage known as of ``as_of``.

    ``orders`` needs member_id and business_date, ``members`` member_id and joined_on; orders of
    others do not count. A stage belongs to the end of a business day, so a member changes at most
    once a day. The newest change of each member leads to the stage and the day that ``stages``
    gives; who has neither a day of joining nor an order has no change.

    Returns member_id, business_date (the day at whose end the stage began), from_stage (absent:
    became a member), to_stage; every pair is in ``LEGAL``.
    """
    rules = rules or LifecycleRules()
    require_columns(members, ("member_id", "joined_on"), where="members")
    seen = _seen(orders, members, as_of)
    line = ibis.window(group_by="member_id", order_by="business_date")
    lived = seen.mutate(
        stage=_awake(seen["order_count"], rules),
        before=_awake(seen["order_count"].lag().over(line), rules),
        gap_days=seen["business_date"].delta(seen["business_date"].lag().over(line), unit="day"),
        quiet_days=seen["business_date"]
        .lead()
        .over(line)
        .coalesce(ibis.literal(checked_date(as_of)))
        .delta(seen["business_date"], unit="day"),
    )
    came = lived.mutate(
        from_stage=ibis.cases(
            (lived["gap_days"] > rules.churned_days, "churned"),
            (lived["gap_days"] > rules.dormant_days, "dormant"),
            else_=lived["before"].fill_null(NOT_YET),
        ),
        to_stage=lived["stage"],
    )
    moved = came.filter(came["from_stage"] != came["to_stage"])
    slept = _after(lived, rules.dormant_days, from_stage=lived["stage"], to_stage="dormant")
    lost = _after(lived, rules.churned_days, from_stage=ibis.literal("dormant"), to_stage="churned")
    return moved.select(*_COLUMNS).union(slept).union(lost)


def stage_on(changes: ir.Table, day: date) -> ir.Table:
    """Return member_id and lifecycle_stage of everybody who was a member before ``day`` began.

    ``changes`` is what ``transitions`` returns, as of ``day`` or later.
    """
    require_columns(changes, _COLUMNS, where="changes")
    past = known(changes, day)
    return past.group_by("member_id").agg(
        lifecycle_stage=past["to_stage"].argmax(past["business_date"])
    )


def flow_sums(changes: ir.Table) -> dict[str, int]:
    """Return by how many members each stage grew or shrank through ``changes``."""
    counted = changes.group_by("from_stage", "to_stage").agg(members=changes.count())
    net = dict.fromkeys(STAGES, 0)
    for row in counted.to_pyarrow().to_pylist():
        net[row["to_stage"]] += row["members"]
        if row["from_stage"] != NOT_YET:
            net[row["from_stage"]] -= row["members"]
    return net


def _seen(orders: ir.Table, members: ir.Table, as_of: date) -> ir.Table:
    """Return each day a member was seen, and how many orders there had been at its end."""
    mine = known(orders, as_of)
    days = mine.group_by("member_id", "business_date").agg(orders=mine.count())
    days = days.semi_join(members, "member_id")
    so_far = ibis.cumulative_window(group_by="member_id", order_by="business_date")
    ordered = days.select(
        "member_id",
        "business_date",
        order_count=days["orders"].sum().over(so_far).cast("int64"),
    )
    first = days.group_by("member_id").agg(first_on=days["business_date"].min())
    joined = members.filter(members["joined_on"] < checked_date(as_of))
    both = joined.select("member_id", "joined_on").left_join(first, "member_id")
    waiting = both.filter(both["first_on"].isnull() | (both["joined_on"] < both["first_on"]))
    start = waiting.select(
        "member_id",
        business_date=waiting["joined_on"],
        order_count=ibis.literal(0).cast("int64"),
    )
    return ordered.union(start)


def _awake(order_count: ir.Value, rules: LifecycleRules) -> ir.Value:
    return ibis.cases(
        (order_count >= rules.mature_orders, "mature"),
        (order_count >= rules.growth_orders, "growth"),
        (order_count >= 0, "introduction"),
    )


def _after(lived: ir.Table, days: int, *, from_stage: ir.Value, to_stage: str) -> ir.Table:
    """Return who stayed away for longer than ``days`` after a day they were seen."""
    rows = lived.mutate(from_stage=from_stage, to_stage=ibis.literal(to_stage))
    rows = rows.filter(rows["quiet_days"] > days)
    # A date plus an interval is a timestamp in some engines: say what it is.
    day = (rows["business_date"].cast("timestamp") + ibis.interval(days=days)).date()
    return rows.mutate(business_date=day).select(*_COLUMNS)
