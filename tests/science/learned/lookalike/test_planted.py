"""Members of one taste are found back from a few of them."""

from __future__ import annotations

import numpy as np
import pytest

from regulars.science.learned import lookalike
from tests.science.learned.lookalike.conftest import Likings
from tests.science.learned.ranks import auc


@pytest.mark.parametrize("category", [0, 3, 6, 10])
def test_a_taste_is_found_back(likings: Likings, category: int) -> None:
    lovers = likings.lovers(category)
    random = np.random.default_rng(category)
    seed = set(random.permutation(lovers)[: len(lovers) // 3].tolist())
    model = lookalike.fit(likings.features, seed)
    found = lookalike.ranked(model, likings.features, seed=seed, excluded=set())
    others = found["member_id"].to_pylist()

    assert model.report.auc > 0.7
    assert model.report.auc > 0.5 + 3 * model.report.auc_random_error
    truth = auc(-found["position"].to_numpy(), [m in set(lovers) for m in others])
    assert truth > 0.8
    assert model.report.auc == pytest.approx(truth, abs=0.12)
    first = others[: len(lovers) // 3]
    assert sum(m in set(lovers) for m in first) > 2 * len(first) * len(lovers) / len(others)


def test_a_random_seed_is_like_nobody(likings: Likings) -> None:
    random = np.random.default_rng(5)
    members = likings.features["member_id"].to_pylist()
    seed = set(random.permutation(members)[:800].tolist())
    report = lookalike.fit(likings.features, seed).report

    assert abs(report.auc - 0.5) < 3 * report.auc_random_error
    assert (report.seed, report.seed_kept) == (800, 160)
    assert report.members == len(members) - 800
