"""Changes of stage: legal ones only, at most one a day, and together the stage of every day."""

from __future__ import annotations

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from regulars.science import lifecycle
from regulars.science.lifecycle import LEGAL, STAGES, LifecycleRules
from tests.science.diary import diary
from tests.science.history import (
    Member,
    Order,
    bought,
    histories,
    members_table,
    on,
    on_tables,
    orders_table,
    rows,
)

RULES = LifecycleRules(mature_orders=4, dormant_days=9, churned_days=21)
AWAKE = {"introduction", "growth", "mature"}


@on_tables
@given(histories(last_day=70), st.integers(1, 90))
def test_the_changes_are_those_of_a_diary(
    drawn: tuple[list[Order], list[Member]], day: int
) -> None:
    orders, members = drawn
    changes = lifecycle.transitions(
        orders_table(orders), members_table(members), as_of=on(day), rules=RULES
    )
    listed = rows(changes)
    keys = Counter((row["member_id"], row["business_date"]) for row in listed)
    assert set(keys.values()) <= {1}
    assert {(row["from_stage"], row["to_stage"]) for row in listed} <= LEGAL
    found = {tuple(row[name] for name in changes.columns) for row in listed}
    bought_on = [(order.member_id, order.day) for order in orders]
    joined = [(member.member_id, member.joined_on) for member in members]
    assert found == diary(bought_on, joined, on(day), RULES)


@settings(deadline=None, max_examples=8)
@given(histories(last_day=70), st.integers(1, 80), st.integers(0, 30))
def test_they_lead_to_the_stage_of_any_day_and_inflow_less_outflow_is_the_change(
    drawn: tuple[list[Order], list[Member]], first: int, later: int
) -> None:
    tables = orders_table(drawn[0]), members_table(drawn[1])
    last = on(first + later)
    changes = lifecycle.transitions(*tables, as_of=last, rules=RULES)
    mixes = []
    for day in (on(first), last):
        staged = rows(lifecycle.stages(*tables, as_of=day, rules=RULES))
        dated = {row["member_id"]: row for row in staged if row["entered_on"] is not None}
        then = {
            row["member_id"]: row["lifecycle_stage"]
            for row in rows(lifecycle.stage_on(changes, day))
        }
        assert then == {key: row["lifecycle_stage"] for key, row in dated.items()}
        mixes.append(Counter(then.values()))
    newest = {row["member_id"]: row["business_date"] for row in _last(rows(changes))}
    assert newest == {key: row["entered_on"] for key, row in dated.items()}
    between = changes.filter(changes["business_date"] >= on(first))
    net = lifecycle.flow_sums(between)
    assert net == {stage: mixes[1][stage] - mixes[0][stage] for stage in STAGES}


def test_a_life_by_hand() -> None:
    orders = orders_table(bought("a", 3, 4, 20, 21, 50))
    members = members_table([Member("a", on(1))])
    changes = lifecycle.transitions(orders, members, as_of=on(80), rules=RULES)
    told = [
        ((row["business_date"] - on(0)).days, row["from_stage"], row["to_stage"])
        for row in rows(changes.order_by("business_date"))
    ]
    assert told == [
        (1, "absent", "introduction"),
        (4, "introduction", "growth"),
        (13, "growth", "dormant"),
        (20, "dormant", "growth"),
        (21, "growth", "mature"),
        (30, "mature", "dormant"),
        (42, "dormant", "churned"),
        (50, "churned", "mature"),
        (59, "mature", "dormant"),
        (71, "dormant", "churned"),
    ]


def test_legal_changes_are_few_and_never_skip_sleep() -> None:
    assert len(LEGAL) == 16
    assert all(before == "dormant" for before, after in LEGAL if after == "churned")
    assert not {(stage, stage) for stage in STAGES} & LEGAL
    assert {after for before, after in LEGAL if before == "absent"} == AWAKE


def _last(listed: list[dict[str, object]]) -> list[dict[str, object]]:
    found: dict[object, dict[str, object]] = {}
    for row in sorted(listed, key=lambda one: (str(one["member_id"]), str(one["business_date"]))):
        found[row["member_id"]] = row
    return list(found.values())
