"""The stage of every member at a date, and the day it was entered.

A stage belongs to the end of a business day: ``entered_on`` is the day at whose end it began to
hold, so it first shows as of the day after. With L the day of the last order, dormant is entered on
L + dormant_days and churned on L + churned_days, unless the member orders on that very day.
"""

from __future__ import annotations

from datetime import date

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from regulars.science.facts import checked_date, require_columns
from regulars.science.lifecycle.measures import measure
from regulars.science.lifecycle.rules import STAGES, LifecycleRules


def stages(
    orders: ir.Table, members: ir.Table, *, as_of: date, rules: LifecycleRules | None = None
) -> ir.Table:
    """Put every member known as of ``as_of`` into exactly one stage.

    ``orders`` needs member_id and business_date, ``members`` member_id and joined_on. A life starts
    on the day of joining or of the first order, whichever is earlier; a member without orders is
    measured from the day of joining. Who joins on ``as_of`` or later and has no order before it is
    not a member yet and has no row; who has neither date is in introduction since an unknown day.

    Returns member_id, as_of, lifecycle_stage, entered_on, joined_on, order_count, first_order_date,
    last_order_date, growth_on, mature_on, returned_on. ``entered_on`` of a member who came back is
    the later of the day the order count was reached and the first order after the last gap.
    """
    measured = measure(orders, as_of=as_of, rules=rules)
    return place(measured, members, as_of=as_of, rules=rules)


def place(
    measured: ir.Table, members: ir.Table, *, as_of: date, rules: LifecycleRules | None = None
) -> ir.Table:
    """Place members by their measured turning points (see ``measure``); columns as ``stages``."""
    return placed(lives(measured, members), as_of=as_of, rules=rules).select(
        "member_id",
        "as_of",
        "lifecycle_stage",
        "entered_on",
        "joined_on",
        "order_count",
        "first_order_date",
        "last_order_date",
        "growth_on",
        "mature_on",
        "returned_on",
    )


def lives(measured: ir.Table, members: ir.Table) -> ir.Table:
    """Return joined_on and the turning points of every member, with orders or without."""
    require_columns(members, ("member_id", "joined_on"), where="members")
    joined = members.select("member_id", "joined_on").left_join(measured, "member_id")
    return joined.drop("member_id_right").mutate(order_count=joined["order_count"].fill_null(0))


def placed(lives: ir.Table, *, as_of: date, rules: LifecycleRules | None = None) -> ir.Table:
    """Add as_of, lifecycle_stage and entered_on to ``lives``, row by row.

    Who is not a member yet is left out; other columns are passed on.
    """
    rules = rules or LifecycleRules()
    day = ibis.literal(checked_date(as_of))
    started = lives.mutate(
        started_on=ibis.least(
            lives["joined_on"].coalesce(lives["first_order_date"]),
            lives["first_order_date"].coalesce(lives["joined_on"]),
        )
    )
    begun = started.filter(
        started["started_on"].isnull() | (started["started_on"] < checked_date(as_of))
    )
    seen = begun.mutate(
        last_seen_on=begun["last_order_date"].coalesce(begun["started_on"]),
        awake_since=begun["returned_on"].coalesce(_late_start(begun, rules)),
    )
    quiet_days = day.delta(seen["last_seen_on"], unit="day")
    count = seen["order_count"]
    staged = seen.mutate(
        as_of=day,
        lifecycle_stage=ibis.cases(
            (quiet_days > rules.churned_days, "churned"),
            (quiet_days > rules.dormant_days, "dormant"),
            (count >= rules.mature_orders, "mature"),
            (count >= rules.growth_orders, "growth"),
            else_="introduction",
        ),
    )
    entered = staged.mutate(entered_on=_entered_on(staged, rules))
    return entered.drop("started_on", "last_seen_on", "awake_since")


def stage_sizes(staged: ir.Table) -> ir.Table:
    """Count the members of each stage: lifecycle_stage, members; five rows in life's order."""
    require_columns(staged, ("lifecycle_stage",), where="staged")
    sizes = staged.group_by("lifecycle_stage").agg(members=staged.count())
    names = ibis.memtable(
        pa.table({"lifecycle_stage": STAGES, "position": list(range(len(STAGES)))})
    )
    joined = names.left_join(sizes, "lifecycle_stage").order_by("position")
    return joined.select("lifecycle_stage", members=joined["members"].fill_null(0))


def _late_start(lives: ir.Table, rules: LifecycleRules) -> ir.Value:
    """Return the first order of a member who slept between joining and it, else null."""
    slept_days = lives["first_order_date"].delta(lives["started_on"], unit="day")
    return ibis.ifelse(
        slept_days > rules.dormant_days, lives["first_order_date"], ibis.null("date")
    )


def _entered_on(placed: ir.Table, rules: LifecycleRules) -> ir.Value:
    def later(reached: ir.Value) -> ir.Value:
        return ibis.greatest(reached, placed["awake_since"].coalesce(reached))

    stage = placed["lifecycle_stage"]
    return ibis.cases(
        (stage == "churned", _days_after(placed["last_seen_on"], rules.churned_days)),
        (stage == "dormant", _days_after(placed["last_seen_on"], rules.dormant_days)),
        (stage == "mature", later(placed["mature_on"])),
        (stage == "growth", later(placed["growth_on"])),
        else_=later(placed["started_on"]),
    )


def _days_after(day: ir.Value, days: int) -> ir.Value:
    # A date plus an interval is a timestamp in some engines: say what it is.
    return (day.cast("timestamp") + ibis.interval(days=days)).date()
