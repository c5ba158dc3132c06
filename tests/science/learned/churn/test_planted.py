"""On a chain whose truth is known the model ranks and weighs better than recency alone."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from regulars.science.learned import churn
from regulars.science.learned.churn.trees import matrix
from tests.science.learned.ranks import auc


def test_the_report_tells_what_the_future_shows(model: churn.ChurnModel, future: pa.Table) -> None:
    left = future["churned"].cast("int8").to_numpy()
    seen = churn.quality(model.probabilities(future), left)

    assert seen.auc == pytest.approx(auc(model.probabilities(future), left))
    assert seen.auc > 0.74
    assert seen.calibration_error < 0.04
    assert model.report.model.auc == pytest.approx(seen.auc, abs=0.03)
    assert model.report.model.calibration_error < 0.06
    alone = auc(future["recency_days"].to_numpy(), left)
    assert seen.auc > alone + 0.03
    assert model.report.model.auc > model.report.baseline.auc + 0.03
    assert model.report.model.brier < model.report.baseline.brier - 0.01


def test_what_was_planted_as_rate_shows(model: churn.ChurnModel, future: pa.Table) -> None:
    """Who buys seldom of nature is told to stay away more often, also among those who just came."""
    just = future.filter(pa.compute.less(future["recency_days"], 15.0))
    scores = model.scores(just)
    by_band = {
        band: np.mean([row["churned"] for row, told in zip(
            just.select(["churned"]).to_pylist(), scores["churn_band"].to_pylist(), strict=True
        ) if told == band])
        for band in ("low", "medium")
    }  # fmt: skip
    assert by_band["medium"] > by_band["low"] + 0.2


def test_a_longer_silence_never_lowers_the_risk(model: churn.ChurnModel, future: pa.Table) -> None:
    some = future.slice(0, 300)
    before = model.trees.log_odds(matrix(some))
    for name in ("recency_days", "overdue"):
        for times in (1.1, 2.0, 5.0):
            more = pa.compute.multiply(some[name], times)
            later = some.set_column(some.column_names.index(name), name, more)
            assert (model.trees.log_odds(matrix(later)) >= before - 1e-12).all()


def test_drift_is_small_on_the_same_chain_and_seen_on_another(
    model: churn.ChurnModel, future: pa.Table
) -> None:
    drift = model.drift(future)
    assert drift["p_churn"] < 0.1
    assert drift["recency_days"] < 0.1
    assert drift["age_days"] > 0.25  # the programme grows older
    rare = future.set_column(
        future.column_names.index("recency_days"),
        "recency_days",
        pa.compute.add(future["recency_days"], 60.0),
    )
    assert model.drift(rare)["recency_days"] > 0.25
