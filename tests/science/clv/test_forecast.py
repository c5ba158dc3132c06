"""Three answers at once are the three answers."""

from __future__ import annotations

import numpy as np
import pytest

from regulars.science import clv

MODELS = (
    clv.BetaGeo(r=0.243, alpha=4.414, a=0.793, b=2.426),
    clv.ModifiedBetaGeo(r=0.525, alpha=6.183, a=0.891, b=1.614),
    clv.ParetoNBD(r=0.553, alpha=10.578, s=0.606, beta=11.669),
)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: type(model).__name__)
def test_a_forecast_is_the_three_answers(model: clv.RepeatModel) -> None:
    random = np.random.default_rng(3)
    x = random.integers(0, 9, 20_000).astype(float)
    age = random.uniform(5.0, 60.0, len(x))
    known = x, np.where(x > 0, age * random.uniform(0.05, 1.0, len(x)), 0.0), age
    found = model.forecast(13.0, *known)
    assert np.array_equal(found.p_alive, model.p_alive(*known))
    assert np.array_equal(found.expected_orders, model.expected_orders(13.0, *known))
    assert np.array_equal(found.p_order, model.p_order(13.0, *known))
