"""Every field of every member, counted once more in plain Python."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from typing import Any

import pytest

from regulars.base.errors import RuleError
from regulars.science.learned import churn
from regulars.science.simulation import SimulationOptions
from regulars.science.simulation.lake_side import SimulatedFacts, simulated_facts

AS_OF = date(2025, 5, 10)
Row = dict[str, Any]


@pytest.fixture(scope="module")
def few() -> SimulatedFacts:
    return simulated_facts(SimulationOptions(members=250, months=10, seed=4))


def of_members(facts: SimulatedFacts, name: str) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = defaultdict(list)
    for row in facts.tables[name].to_pylist():
        if row["member_id"] and row["business_date"] < AS_OF:
            found[row["member_id"]].append(row)
    return found


def counted(orders: list[Row], other: dict[str, list[Row]]) -> dict[str, float | None]:
    """One member's fields."""
    days = sorted({row["business_date"] for row in orders}, reverse=True)
    visits = sorted({row["business_date"] for row in other["events"]}, reverse=True)
    back = [float((AS_OF - day).days) for day in days]
    seen = [float((AS_OF - day).days) for day in visits]
    sales = float(sum(row["net_amount"] for row in orders))
    last = float(sum(r["net_amount"] for r in orders if r["business_date"] == days[0]))
    interval = (back[-1] - back[0]) / (len(days) - 1) if len(days) > 1 else None
    count = len(orders)

    def nth(values: list[float], place: int) -> float | None:
        return values[place - 1] if len(values) >= place else None

    def ratio(above: float | None, below: float | None) -> float | None:
        return above / below if above is not None and below else None

    second = nth(back, 2)
    return {
        "recency_days": back[0],
        "overdue": ratio(back[0], interval),
        "interval_days": interval,
        "order_days": float(len(days)),
        "age_days": back[-1],
        "second_order_days": second,
        "third_order_days": nth(back, 3),
        "sixth_order_days": nth(back, 6),
        "trend": ratio(second - back[0], interval) if second is not None else None,
        "sales": sales,
        "order_value": sales / count,
        "last_value_ratio": last / (sales / count),
        "discount_share": ratio(
            float(sum(r["discount_amount"] for r in orders)),
            float(sum(r["list_amount"] for r in orders)),
        ),
        "coupon_share": sum(r["coupon_amount"] > 0 for r in orders) / count,
        "channels": float(len({r["channel"] for r in orders})),
        "online_share": sum(r["channel"] != "pos" for r in orders) / count,
        "refund_share": float(sum(r["amount"] for r in other["refunds"])) / sales,
        "visit_days": float(len(visits)),
        "visit_recency_days": nth(seen, 1),
        "third_visit_days": nth(seen, 3),
        "carts_per_visit_day": ratio(
            float(sum(r["event"] == "add_to_cart" for r in other["events"])), len(visits)
        ),
        "sends": float(len(other["sends"])),
        "answered_share": ratio(float(len(other["redemptions"])), len(other["sends"])),
    }


def test_every_field(few: SimulatedFacts) -> None:
    found = churn.features(churn.measures(few, as_of=AS_OF), as_of=AS_OF).to_pyarrow().to_pylist()
    parts = {name: of_members(few, name) for name in churn.FACTS}
    expected = {
        member: counted(orders, {name: parts[name].get(member, []) for name in parts})
        for member, orders in parts["orders"].items()
        if max(r["business_date"] for r in orders) >= AS_OF - timedelta(days=180)
    }

    assert {row["member_id"] for row in found} == set(expected)
    assert len(expected) > 100
    assert len(next(iter(expected.values()))) == len(churn.FIELDS)
    for row in found:
        for name, value in expected[row["member_id"]].items():
            if value is None:
                assert row[name] is None, name
            else:
                cents = 0.006 if name == "order_value" else 0.0
                assert float(row[name]) == pytest.approx(value, abs=cents), name


def test_labels(few: SimulatedFacts) -> None:
    cut = date(2025, 4, 1)
    rows = churn.labelled(few, cut=cut, horizon_days=40).to_pylist()
    bought = {
        row["member_id"]
        for row in few.tables["orders"].to_pylist()
        if cut <= row["business_date"] < date(2025, 5, 11)
    }
    assert len(rows) > 100
    assert {row["member_id"] for row in rows if not row["churned"]} == bought & {
        row["member_id"] for row in rows
    }
    with pytest.raises(RuleError, match="0 days are no horizon"):
        churn.labelled(few, cut=cut, horizon_days=0)
