"""Lifecycle stages against lives worked out by hand, with the default rules (2, 6, 60, 180)."""

from __future__ import annotations

from datetime import date

import pytest

from regulars.science import lifecycle
from regulars.science.lifecycle import LifecycleRules
from tests.science.history import Member, bought, by_key, members_table, on, orders_table, rows


def stage(
    as_of: int, *days: int, joined: int | None = 0, rules: LifecycleRules | None = None
) -> tuple[object, object]:
    """Return the stage and its date of entry of a member with orders on the days."""
    joined_on = None if joined is None else on(joined)
    (row,) = rows(
        lifecycle.stages(
            orders_table(bought("a", *days)),
            members_table([Member("a", joined_on)]),
            as_of=on(as_of),
            rules=rules,
        )
    )
    return row["lifecycle_stage"], row["entered_on"]


@pytest.mark.parametrize(
    ("as_of", "days", "expected"),
    [
        (1, (), ("introduction", 0)),
        (11, (10,), ("introduction", 0)),
        (21, (10, 20), ("growth", 20)),
        (51, (10, 20, 30, 40, 50), ("growth", 20)),
        (51, (10, 20, 30, 40, 50, 50), ("mature", 50)),
        (51, (0, 0, 0, 0, 0, 0, 50), ("mature", 0)),
    ],
)
def test_orders_lift_a_member(as_of: int, days: tuple[int, ...], expected: tuple[str, int]) -> None:
    assert stage(as_of, *days) == (expected[0], on(expected[1]))


def test_sixty_whole_days_without_an_order_make_dormant() -> None:
    # The last order on day 20: day 21 … 80 are sixty whole days.
    assert stage(80, 10, 20) == ("growth", on(20))
    assert stage(81, 10, 20) == ("dormant", on(80))
    assert stage(200, 10, 20) == ("dormant", on(80))
    assert stage(201, 10, 20) == ("churned", on(200))
    assert stage(900, 10, 20) == ("churned", on(200))


def test_an_order_on_the_last_day_keeps_the_stage() -> None:
    assert stage(81, 10, 20, 80) == ("growth", on(20))
    assert stage(82, 10, 20, 81) == ("growth", on(81))  # was dormant on day 80


def test_who_returns_enters_on_the_day_of_return() -> None:
    assert stage(301, 10, 20, 300) == ("growth", on(300))
    assert stage(311, 10, 20, 300, 310) == ("growth", on(300))
    # The sixth order comes after the return: then the sixth order is the entry.
    assert stage(341, 10, 20, 300, 310, 320, 330) == ("mature", on(330))
    # It came before the gap: then the return is the entry, and the last gap counts.
    assert stage(501, 1, 2, 3, 4, 5, 6, 300, 500) == ("mature", on(500))


def test_a_member_without_orders_is_measured_from_joining() -> None:
    assert stage(60, joined=0) == ("introduction", on(0))
    assert stage(61, joined=0) == ("dormant", on(60))
    assert stage(181, joined=0) == ("churned", on(180))


def test_a_late_first_order_is_a_return() -> None:
    assert stage(101, 100, joined=0) == ("introduction", on(100))
    assert stage(61, 60, joined=0) == ("introduction", on(0))
    assert stage(62, 61, joined=0) == ("introduction", on(61))


def test_who_bought_before_joining_began_with_the_order() -> None:
    assert stage(31, 5, joined=30) == ("introduction", on(5))
    assert stage(31, 5, joined=None) == ("introduction", on(5))


def test_nobody_is_a_member_before_joining_and_buying() -> None:
    members = [Member("later", on(10)), Member("unknown", None), Member("buyer", on(10))]
    orders = bought("later", 12) + bought("buyer", 9)
    found = by_key(
        lifecycle.stages(orders_table(orders), members_table(members), as_of=on(10)), "member_id"
    )
    assert {m: (row["lifecycle_stage"], row["entered_on"]) for m, row in found.items()} == {
        "unknown": ("introduction", None),
        "buyer": ("introduction", on(9)),
    }


def test_a_brand_sets_its_own_rules() -> None:
    rules = LifecycleRules(growth_orders=1, mature_orders=2, dormant_days=7, churned_days=14)
    assert stage(5, joined=0, rules=rules) == ("introduction", on(0))
    assert stage(5, 3, rules=rules) == ("growth", on(3))
    assert stage(5, 3, 4, rules=rules) == ("mature", on(4))
    assert stage(12, 3, 4, rules=rules) == ("dormant", on(11))
    assert stage(19, 3, 4, rules=rules) == ("churned", on(18))


def test_turning_points_are_told() -> None:
    orders = bought("a", 1, 5, 100, 101, 102, 103)
    (row,) = rows(
        lifecycle.stages(
            orders_table(orders), members_table([Member("a", date(2023, 12, 31))]), as_of=on(104)
        )
    )
    assert row == {
        "member_id": "a",
        "as_of": on(104),
        "lifecycle_stage": "mature",
        "entered_on": on(103),
        "joined_on": date(2023, 12, 31),
        "order_count": 6,
        "first_order_date": on(1),
        "last_order_date": on(103),
        "growth_on": on(5),
        "mature_on": on(103),
        "returned_on": on(100),
    }


def test_stage_sizes_list_all_five() -> None:
    members = [Member("a", on(0)), Member("b", on(0)), Member("c", on(90))]
    staged = lifecycle.stages(orders_table(bought("a", 99)), members_table(members), as_of=on(100))
    assert rows(lifecycle.stage_sizes(staged)) == [
        {"lifecycle_stage": "introduction", "members": 2},
        {"lifecycle_stage": "growth", "members": 0},
        {"lifecycle_stage": "mature", "members": 0},
        {"lifecycle_stage": "dormant", "members": 1},
        {"lifecycle_stage": "churned", "members": 0},
    ]
