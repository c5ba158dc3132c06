"""The weights are those a general maximiser finds."""

from __future__ import annotations

from math import exp, log1p
from typing import Any

import numpy as np
from scipy import optimize

from regulars.science.learned.lookalike.logistic import fitted


def test_weights_agree_with_a_general_maximiser() -> None:
    random = np.random.default_rng(1)
    values = random.normal(size=(150, 3))
    positive = random.random(150) < 1 / (1 + np.exp(-values[:, 0] * 2 + values[:, 1] + 1.0))
    ours = int(positive.sum())

    def loss(x: np.ndarray[Any, np.dtype[np.float64]]) -> float:
        total = 2e-3 * float(x[0] ** 2 + x[1] ** 2 + x[2] ** 2)
        for row, mine in zip(values.tolist(), positive.tolist(), strict=True):
            score = sum(a * b for a, b in zip(row, x, strict=False)) + x[3]
            weight = 0.5 / (ours if mine else 150 - ours)
            total += weight * log1p(exp(-score if mine else score))
        return total

    best = optimize.minimize(loss, np.zeros(4), method="BFGS", options={"gtol": 1e-7})
    weights, intercept = fitted(values, positive)
    np.testing.assert_allclose([*weights, intercept], best.x, atol=2e-3)


def test_parted_classes_stay_finite() -> None:
    values = np.array([[-1.0]] * 30 + [[1.0]] * 30)
    weights, _ = fitted(values, np.arange(60) >= 30)
    assert 2.0 < weights[0] < 20.0
