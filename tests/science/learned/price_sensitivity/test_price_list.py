"""No list price is ever made for a person: the gate refuses, and says by which law."""

from __future__ import annotations

from datetime import date

import ibis
import pytest

from regulars.base.errors import ComplianceError, RuleError
from regulars.lake.contracts import contract
from regulars.science.learned.price_sensitivity import checked_price_list
from tests.science.learned.price_sensitivity.shelves import prices

PLAN = prices([
    ("p1", date(2024, 1, 1), date(2024, 1, 31), "10.00", "8.00"),
    ("p1", date(2024, 2, 1), date(2024, 2, 29), "10.00", "10.00"),
    ("p2", date(2024, 1, 1), date(2024, 2, 29), "20.00", "20.00"),
])  # fmt: skip


def test_a_list_for_everybody_passes_unchanged() -> None:
    assert checked_price_list(PLAN) is PLAN


PERSONAL = contract("features/price_sensitivity").shown_names


@pytest.mark.parametrize("name", [*PERSONAL, "rfm_group", "p_churn", "segment"])
def test_prices_by_person_are_refused(name: str) -> None:
    with pytest.raises(ComplianceError) as refused:
        checked_price_list(PLAN.mutate(**{name: ibis.literal("m1")}))

    assert f"may not depend on {name}" in refused.value.what
    assert "E-Commerce Law 18" in refused.value.what
    assert "coupon" in refused.value.fix


def test_two_prices_on_one_day_are_refused() -> None:
    twice = prices([
        ("p1", date(2024, 1, 1), date(2024, 1, 31), "10.00", "8.00"),
        ("p1", date(2024, 1, 15), date(2024, 1, 15), "10.00", "7.00"),
    ])  # fmt: skip
    with pytest.raises(ComplianceError, match="p1: two prices hold on 2024-01-15"):
        checked_price_list(twice)

    apart = twice.mutate(channel=ibis.ifelse(twice["price"] == 8, "pos", "web"))
    assert checked_price_list(apart) is apart


def test_a_list_without_days_is_no_list() -> None:
    with pytest.raises(RuleError, match="prices: the table lacks ends_on"):
        checked_price_list(PLAN.drop("ends_on"))


def test_the_lake_s_list_of_prices_has_no_place_for_a_person() -> None:
    declared = contract("prices")
    nothing = ibis.memtable(declared.arrow_schema.empty_table())
    assert checked_price_list(nothing) is nothing
    assert not set(declared.column_names) & set(PERSONAL)
