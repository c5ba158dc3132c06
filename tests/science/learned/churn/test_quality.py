"""Figures of quality by hand, and by counting pairs."""

from __future__ import annotations

from itertools import product
from math import log

import numpy as np
import pytest

from regulars.base.errors import RuleError
from regulars.science.learned import churn
from regulars.science.learned.churn.distributions import Distribution


def test_ranks_by_counting_pairs() -> None:
    random = np.random.default_rng(2)
    p = np.round(random.random(60), 1)  # many ties
    y = random.random(60) < p
    pairs = [(a > b) + 0.5 * (a == b) for a, b in product(p[y], p[~y])]

    found = churn.quality(p, y)
    assert found.auc == pytest.approx(np.mean(pairs))
    assert found.brier == pytest.approx(np.mean([(a - b) ** 2 for a, b in zip(p, y, strict=True)]))
    assert found.members == 60
    assert found.share == pytest.approx(y.mean())


def test_calibration_error_by_hand() -> None:
    # Ten groups of two; in each one of the two left, so that 0.5 would be right everywhere.
    p = np.repeat(np.arange(10) / 10.0 + 0.05, 2)
    y = np.tile([0, 1], 10)
    found = churn.quality(p, y)

    assert found.calibration_error == pytest.approx(0.25)
    assert churn.reliability(p, y)[0] == pytest.approx((2, 0.05, 0.5))
    assert churn.quality(np.full(20, 0.5), y).calibration_error == pytest.approx(0.0)


def test_stability_index_by_hand() -> None:
    by_hand = (0.5 - 0.25) * log(2.0) + (0.5 - 0.75) * log(0.5 / 0.75)
    assert churn.stability_index([0.5, 0.5], [0.25, 0.75]) == pytest.approx(by_hand)
    assert churn.stability_index([0.2, 0.8], [0.2, 0.8]) == 0.0
    with pytest.raises(RuleError, match="2 groups are now 3"):
        churn.stability_index([0.5, 0.5], [0.2, 0.3, 0.5])


def test_a_spread_knows_its_gaps() -> None:
    values = np.array([float(n) for n in range(100)] + [np.nan] * 25)
    spread = Distribution.of(values)

    assert spread.shares == pytest.approx((0.08,) * 10 + (0.2,))
    assert spread.moved(values) == 0.0
    assert spread.moved(values + 50.0) > 0.25
    assert Distribution.of(np.full(3, np.nan)).shares == (0.0, 1.0)


def test_nothing_to_tell_apart() -> None:
    with pytest.raises(RuleError, match="nothing to tell apart"):
        churn.quality([0.1, 0.2], [0, 0])
    with pytest.raises(RuleError, match="2 probabilities stand beside 3 outcomes"):
        churn.quality([0.1, 0.2], [0, 1, 1])
