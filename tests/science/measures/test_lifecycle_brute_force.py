"""Lifecycle stages against a clerk who lives through every member's every day."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from regulars.science import lifecycle
from regulars.science.lifecycle import LifecycleRules
from tests.science.history import (
    Member,
    Order,
    by_key,
    histories,
    members_table,
    on,
    on_tables,
    orders_table,
)

all_rules = st.builds(
    lambda growth, more, dormant, longer: LifecycleRules(
        growth_orders=growth,
        mature_orders=growth + more,
        dormant_days=dormant,
        churned_days=dormant + longer,
    ),
    st.integers(1, 4),
    st.integers(1, 4),
    st.integers(1, 40),
    st.integers(1, 40),
)


@on_tables
@given(histories(), all_rules, st.integers(0, 130).map(on))
def test_stages_and_entry_dates(
    history: tuple[list[Order], list[Member]], rules: LifecycleRules, as_of: date
) -> None:
    orders, members = history
    staged = lifecycle.stages(
        orders_table(orders), members_table(members), as_of=as_of, rules=rules
    )
    found = {
        m: (row["lifecycle_stage"], row["entered_on"], row["order_count"])
        for m, row in by_key(staged, "member_id").items()
    }
    lives = {m.member_id: lived(m, orders, rules, as_of) for m in members}
    assert found == {m: life for m, life in lives.items() if life is not None}


def lived(
    member: Member, orders: list[Order], rules: LifecycleRules, as_of: date
) -> tuple[str, date | None, int] | None:
    days = [o.day for o in orders if o.member_id == member.member_id and o.day < as_of]
    starts = [day for day in (*days, member.joined_on) if day is not None]
    if not starts:
        return "introduction", None, 0
    if min(starts) >= as_of:
        return None
    today, count, quiet, stage, entered = min(starts), 0, 0, "", min(starts)
    while today < as_of:
        ordered = days.count(today)
        count += ordered
        quiet = 0 if ordered or today == min(starts) else quiet + 1
        now = stage_of(count, quiet, rules)
        if now != stage:
            stage, entered = now, today
        today += timedelta(days=1)
    return stage, entered, count


def stage_of(count: int, quiet: int, rules: LifecycleRules) -> str:
    if quiet >= rules.churned_days:
        return "churned"
    if quiet >= rules.dormant_days:
        return "dormant"
    if count >= rules.mature_orders:
        return "mature"
    return "growth" if count >= rules.growth_orders else "introduction"
