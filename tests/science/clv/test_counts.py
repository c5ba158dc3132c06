"""Probabilities of counts add up to one, to the expectation and to the interval."""

from __future__ import annotations

import numpy as np
import pytest

from regulars.science import clv

GEO = clv.BetaGeo(r=0.8, alpha=3.0, a=0.9, b=2.5)
MODIFIED = clv.ModifiedBetaGeo(r=0.8, alpha=3.0, a=0.9, b=2.5)
PARETO = clv.ParetoNBD(r=0.7, alpha=4.0, s=0.6, beta=7.0)


@pytest.mark.parametrize("model", [GEO, MODIFIED, PARETO])
@pytest.mark.parametrize("horizon", [0.5, 13.0, 150.0])
def test_counts_add_up_to_the_expectation(model: clv.RepeatModel, horizon: float) -> None:
    history = ([2.0], [30.0], [31.0])
    p = np.array([model.p_orders(k, horizon, *history)[0] for k in range(400)])

    assert p.sum() == pytest.approx(1.0, abs=1e-9)
    mean = float(p @ np.arange(400))
    assert mean == pytest.approx(model.expected_orders(horizon, *history)[0], rel=1e-7)
    assert 1 - p[0] == pytest.approx(model.p_order(horizon, *history)[0], rel=1e-9)
    least, most = model.orders_interval(horizon, *history, level=0.8)[:, 0]
    assert p[: int(least)].sum() < 0.1 <= p[: int(least) + 1].sum()
    assert p[: int(most)].sum() < 0.9 <= p[: int(most) + 1].sum()


def test_expectation_is_smooth_where_its_formula_is_not() -> None:
    around = [
        clv.BetaGeo(r=0.3, alpha=4.0, a=a, b=2.5).expected_orders(39.0)[0]
        for a in (0.9989, 0.99995, 1.0, 1.00005, 1.0011)
    ]

    assert around == sorted(around, reverse=True)
    assert around[0] - around[-1] < 0.002
