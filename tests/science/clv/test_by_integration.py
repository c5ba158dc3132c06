"""Likelihoods and probabilities against integrals over each customer's own rates.

The models' closed forms are these integrals; here they are summed on a grid from what the
paper assumes of one customer, so nothing is shared but the assumptions.
"""

from __future__ import annotations

from math import log
from typing import Any

import numpy as np
import pytest
from scipy import special

from regulars.science import clv

HISTORIES = [(0.0, 0.0, 3.0), (1.0, 2.0, 9.0), (4.0, 7.5, 8.0), (3.0, 1.0, 20.0), (2.0, 6.0, 6.0)]
GEO = clv.BetaGeo(r=0.8, alpha=3.0, a=0.9, b=2.5)
MODIFIED = clv.ModifiedBetaGeo(r=0.8, alpha=3.0, a=0.9, b=2.5)
PARETO = clv.ParetoNBD(r=0.7, alpha=4.0, s=0.6, beta=7.0)


# Rates by their logarithms, probabilities by their odds: there the trapezoid rule converges faster
# than any power of its step.
LOGS = np.linspace(-60.0, 6.0, 3_000)[:, None]
ODDS = np.linspace(-60.0, 60.0, 1_500)[None, :]
Grid = np.ndarray[Any, np.dtype[np.float64]]
RATE, P, KEPT = np.exp(LOGS), special.expit(ODDS), special.expit(-ODDS)


def over_rates(own: Grid, r: float, alpha: float) -> Grid:
    """Integrate over a gamma-distributed rate, given as rows."""
    density = np.exp(r * (np.log(alpha) + LOGS) - alpha * RATE - special.gammaln(r))
    return np.asarray(np.trapezoid(own * density, LOGS, axis=0))


def over_drops(own: Grid, a: float, b: float) -> float:
    """Integrate over a beta-distributed probability."""
    density = np.exp(a * np.log(P) + b * np.log(KEPT) - special.betaln(a, b))
    return float(np.trapezoid(own * density[0], ODDS[0]))


@pytest.mark.parametrize(("x", "t", "age"), HISTORIES)
def test_bg(x: float, t: float, age: float) -> None:
    stayed = KEPT**x * RATE**x * np.exp(-RATE * age)
    left = P * KEPT ** (x - 1) * RATE**x * np.exp(-RATE * t) if x else np.zeros_like(stayed)

    _check(GEO, stayed, left, (x, t, age))


@pytest.mark.parametrize(("x", "t", "age"), HISTORIES)
def test_mbg(x: float, t: float, age: float) -> None:
    stayed = KEPT ** (x + 1) * RATE**x * np.exp(-RATE * age)
    left = P * KEPT**x * RATE**x * np.exp(-RATE * t)

    _check(MODIFIED, stayed, left, (x, t, age))


def _check(
    model: clv.BetaGeo, stayed: Grid, left: Grid, history: tuple[float, float, float]
) -> None:
    def integrated(own: Grid) -> float:
        return over_drops(over_rates(own, model.r, model.alpha), model.a, model.b)

    active, gone = integrated(stayed), integrated(left)
    columns = [[value] for value in history]
    assert clv.log_likelihood(model, *columns) == pytest.approx(log(active + gone), rel=1e-9)
    assert model.p_alive(*columns)[0] == pytest.approx(active / (active + gone), rel=1e-9)
    still = integrated(stayed * np.exp(-RATE * 5.0))
    some = (active - still) / (active + gone)
    assert model.p_order(5.0, *columns)[0] == pytest.approx(some, rel=1e-9)


@pytest.mark.parametrize(("x", "t", "age"), HISTORIES)
def test_pareto(x: float, t: float, age: float) -> None:
    leaving = RATE.T  # the same grid, as columns
    both = RATE + leaving
    stayed = RATE**x * np.exp(-both * age)
    left = RATE**x * leaving * np.exp(-both * t) * -np.expm1(-both * (age - t)) / both

    def integrated(own: Grid) -> float:
        once = over_rates(own, PARETO.r, PARETO.alpha)
        return float(over_rates(once[:, None], PARETO.s, PARETO.beta)[0])

    active, gone = integrated(stayed), integrated(left)
    columns = [[value] for value in (x, t, age)]
    assert clv.log_likelihood(PARETO, *columns) == pytest.approx(log(active + gone), rel=1e-9)
    assert PARETO.p_alive(*columns)[0] == pytest.approx(active / (active + gone), rel=1e-9)


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
