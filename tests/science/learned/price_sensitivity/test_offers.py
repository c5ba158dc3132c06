"""What each brand was reduced by, from prices and from what everybody paid; and by hand."""

from __future__ import annotations

from datetime import date, timedelta

import ibis.expr.types as ir
import pytest

from regulars.base.errors import RuleError
from regulars.science.learned import price_sensitivity
from tests.science.learned.price_sensitivity.shelves import DAY, lines, offers, prices, products

NEXT = DAY + timedelta(days=1)
LATER = DAY + timedelta(days=2)


def depths(table: ir.Table) -> dict[tuple[str, str, date], float]:
    found = table.to_pyarrow().to_pylist()
    assert len(found) == len({(r["category"], r["brand"], r["business_date"]) for r in found})
    return {(r["category"], r["brand"], r["business_date"]): r["depth"] for r in found}


def test_the_shelf_s_prices_day_by_day() -> None:
    plan = prices([
        ("p1", date(2024, 2, 1), DAY, "10.00", "8.00"),
        ("p1", NEXT, date(2024, 4, 1), "10.00", "10.00"),
        ("p2", DAY, LATER, "20.00", "15.00"),
        ("p3", DAY, NEXT, "8.00", "8.00"),
        ("p4", DAY, DAY, "0.00", "0.00"),
    ])  # fmt: skip
    found = depths(price_sensitivity.shelf_offers(plan, products(), first=DAY, as_of=LATER))

    assert found == {
        ("tea", "A", DAY): pytest.approx(0.2),
        ("tea", "A", NEXT): 0.0,
        ("tea", "B", DAY): pytest.approx(0.125),  # the mean of its two products
        ("tea", "B", NEXT): pytest.approx(0.125),
    }


def test_what_everybody_paid_in_the_week() -> None:
    sold = lines([
        ("m1", "p1", DAY, "10.00", "1.00"),
        (None, "p1", DAY + timedelta(days=6), "30.00", "7.00"),
        ("m1", "p1", DAY + timedelta(days=7), "10.00", "5.00"),
        ("m1", "p4", DAY + timedelta(days=8), "4.00", "0.00"),
    ])  # fmt: skip
    found = depths(price_sensitivity.paid_offers(sold, products(), as_of=DAY + timedelta(days=8)))

    first = {("tea", "A", DAY + timedelta(days=n)): pytest.approx(0.2) for n in range(7)}
    second = {("tea", "A", DAY + timedelta(days=n)): pytest.approx(0.5) for n in range(7, 14)}
    assert found == first | second


def test_choices_and_what_else_was_there() -> None:
    shelf = offers([("tea", "A", DAY, 0.5), ("tea", "B", DAY, 0.0), ("tea", "B", NEXT, 0.0)])
    sold = lines([
        ("m1", "p1", DAY, "1.00", "0.00"),
        (None, "p1", DAY, "1.00", "0.00"),
        ("m2", "p1", NEXT, "1.00", "0.00"),  # its brand had no known offer that day
        ("m2", "p4", DAY, "1.00", "0.00"),
        ("m2", "p2", LATER, "1.00", "0.00"),
    ])  # fmt: skip
    chosen = price_sensitivity.choices(sold, products(), shelf, as_of=LATER)
    rows = price_sensitivity.alternatives(chosen, shelf).to_pyarrow().to_pylist()

    assert sorted((r["member_id"] or "", r["brand"]) for r in chosen.to_pyarrow().to_pylist()) == [
        ("", "A"),
        ("m1", "A"),
    ]
    assert sorted((r["brand"], r["business_date"], r["lines"]) for r in rows) == [
        ("A", DAY, 2),
        ("B", DAY, 0),
    ]
    assert {r["brand"]: r["discount"] for r in rows} == {"A": pytest.approx(0.6931472), "B": 0.0}


def test_days_that_make_no_sense() -> None:
    plan = prices([("p1", DAY, DAY, "1.00", "1.00")])
    with pytest.raises(RuleError, match=r"0 days lie between 2024-03-01 and 2024-03-01"):
        price_sensitivity.shelf_offers(plan, products(), first=DAY, as_of=DAY)
    with pytest.raises(RuleError, match="prices: the table lacks list_price"):
        price_sensitivity.shelf_offers(plan.drop("list_price"), products(), first=DAY, as_of=LATER)
