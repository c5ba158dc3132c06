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
