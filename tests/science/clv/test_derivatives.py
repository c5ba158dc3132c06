"""Gradients and Hessians against differences of the log-likelihood's own values."""

from __future__ import annotations

import numpy as np
import pytest

from regulars.science.clv import BetaGeo, ModifiedBetaGeo, ParetoNBD
from regulars.science.clv.histories import Floats, histories
from regulars.science.clv.maximise import Likelihood
from regulars.science.clv.model import RepeatModel
from tests.science.clv import cdnow

AT = np.array([0.7, 5.0, 0.8, 3.0])


@pytest.mark.parametrize("model", [BetaGeo, ModifiedBetaGeo, ParetoNBD])
def test_derivatives(model: type[RepeatModel]) -> None:
    held = cdnow.customers()
    surface = model.likelihood(histories(held.frequency[:300], held.recency[:300], held.age[:300]))
    score = surface(AT)

    for place in range(4):
        step = 1e-4 * AT[place]
        up, down = moved(surface, place, step), moved(surface, place, -step)
        slope = (up[0] - down[0]) / (2 * step)
        assert score.gradient[place] == pytest.approx(slope, rel=1e-5, abs=1e-5)
        bend = (up[1] - down[1]) / (2 * step)
        np.testing.assert_allclose(score.hessian[place], bend, rtol=1e-4, atol=1e-4)


def moved(surface: Likelihood, place: int, step: float) -> tuple[float, Floats]:
    there = AT.copy()
    there[place] += step
    score = surface(there)
    return score.value, score.gradient
