"""Scores become probabilities: rising, right on average, and never certain."""

from __future__ import annotations

import numpy as np
import pytest

from regulars.science.learned.churn.calibration import ISOTONIC_MIN, calibrated

RANDOM = np.random.default_rng(6)


def test_isotonic_pools_by_hand() -> None:
    # 600 at each score; the shares 0.2, 0.5, 0.4 rise once the last two are pooled to 0.45.
    score = np.repeat([-1.0, 0.0, 1.0], 600)
    left = np.concatenate([np.arange(600) < n for n in (120, 300, 240)]).astype(float)
    found = calibrated(score, left)

    assert found.scores == pytest.approx((-1.0, 0.5))
    assert found.probabilities == pytest.approx((120.5 / 601, 540.5 / 1201))
    np.testing.assert_allclose(found(np.array([-9.0, 9.0])), found.probabilities)


@pytest.mark.parametrize("members", [ISOTONIC_MIN - 1, 20_000])
def test_bent_scores_are_set_right(members: int) -> None:
    truth = RANDOM.uniform(-2.5, 2.5, members)
    p = 1 / (1 + np.exp(-truth))
    left = (RANDOM.random(members) < p).astype(float)
    found = calibrated(0.3 * truth - 5.0, left)

    probability = found(0.3 * truth - 5.0)
    assert np.abs(probability - p).mean() < 0.03
    assert (np.diff(found.probabilities) >= 0).all()
    assert min(found.probabilities) > 0
    assert max(found.probabilities) < 1


def test_a_score_that_knows_nothing() -> None:
    score = RANDOM.normal(size=200)
    left = (score < np.median(score)).astype(float)  # the wrong way round
    found = calibrated(score, left)
    np.testing.assert_allclose(found(score), 0.5, atol=0.01)
