"""What is no customer is refused, with the place."""

from __future__ import annotations

from datetime import date

import ibis
import pyarrow as pa
import pytest

from regulars.base.errors import RuleError
from regulars.science import clv

GOOD = ([1.0, 0.0], [2.0, 0.0], [5.0, 4.0])


@pytest.mark.parametrize(
    ("frequency", "recency", "age", "said"),
    [
        ([1.0], [2.0, 0.0], [5.0, 4.0], "shapes"),
        ([], [], [], "there is no customer"),
        ([1.5, 0.0], GOOD[1], GOOD[2], "whole number"),
        ([-1.0, 0.0], GOOD[1], GOOD[2], "frequency must be a number from 0, not -1"),
        (GOOD[0], [2.0, float("nan")], GOOD[2], "recency must be a number from 0, not nan"),
        (GOOD[0], [6.0, 0.0], GOOD[2], "recency must not exceed age, not 6"),
        ([1.0, 0.0], [2.0, 1.0], GOOD[2], "above 0 just where frequency is"),
        ([1.0, 1.0], [2.0, 0.0], GOOD[2], "customer 1"),
        ([0.0, 0.0], [0.0, 0.0], GOOD[2], "nobody has ordered again"),
    ],
)
def test_histories(
    frequency: list[float], recency: list[float], age: list[float], said: str
) -> None:
    with pytest.raises(RuleError, match=said):
        clv.BetaGeo.fit(frequency=frequency, recency=recency, age=age)


def test_customers_who_are_all_alike_have_no_mixture() -> None:
    with pytest.raises(RuleError, match="no maximum"):
        clv.ParetoNBD.fit(frequency=[5.0] * 200, recency=[9.0] * 200, age=[10.0] * 200)


def test_parameters_and_horizons() -> None:
    with pytest.raises(RuleError, match="alpha must be above 0, not -1"):
        clv.BetaGeo(r=1.0, alpha=-1.0, a=1.0, b=1.0)
    model = clv.BetaGeo(r=1.0, alpha=1.0, a=1.0, b=1.0)
    with pytest.raises(RuleError, match="horizon"):
        model.expected_orders(0)
    with pytest.raises(RuleError, match="come together"):
        model.expected_orders(1, [1.0])
    with pytest.raises(RuleError, match="level"):
        model.orders_interval(1, level=1.0)
    with pytest.raises(RuleError, match="no horizon"):
        clv.lifetime_value(
            model, clv.GammaGamma(p=1, q=2, v=3), periods=0, period=1.0, frequency=GOOD[0],
            recency=GOOD[1], age=GOOD[2], monetary=[1.0, 0.0],
        )  # fmt: skip


def test_nobody_is_fitted_to_no_money() -> None:
    with pytest.raises(RuleError, match="for money"):
        clv.GammaGamma.fit(frequency=[2.0, 0.0], monetary=[0.0, 0.0])


def test_summaries_name_what_lacks() -> None:
    orders = ibis.memtable(pa.table({"member_id": ["m1"], "business_date": [date(2026, 1, 1)]}))
    with pytest.raises(RuleError, match="net_amount"):
        clv.summarise(orders, as_of=date(2026, 2, 1))
