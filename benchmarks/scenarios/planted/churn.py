"""Churn risk beside recency alone, judged on the 90 days after everything that was learned."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pyarrow as pa

from benchmarks.harness import Measurement, measured
from benchmarks.scenarios.planted.chain import UNTIL
from regulars.science.learned import churn
from regulars.science.learned.churn.calibration import calibrated
from regulars.science.simulation.lake_side import SimulatedFacts

HORIZON_DAYS = 90
AS_OF = UNTIL - timedelta(days=HORIZON_DAYS)


def rows(facts: SimulatedFacts) -> Sequence[Measurement]:
    members = facts.tables["members"].num_rows
    model, fit = measured(
        "churn, fit", lambda: churn.fit(facts, as_of=AS_OF), rows=members, repeats=1
    )
    to_come = churn.labelled(facts, cut=AS_OF)
    left = to_come["churned"].cast("int8").to_numpy()
    known, features = measured(
        "churn, fields", lambda: churn.features(churn.measures(facts, as_of=UNTIL), as_of=UNTIL)
        .to_pyarrow(), rows=members, repeats=1,
    )  # fmt: skip
    scores, score = measured(
        "churn, scored", lambda: model.scores(to_come), rows=to_come.num_rows, repeats=1,
        note="with reasons",
    )  # fmt: skip
    days, alone = measured(
        "recency only", lambda: by_recency(facts, to_come), rows=to_come.num_rows, repeats=1
    )
    found, simple = (churn.quality(p, left) for p in (scores["p_churn"].to_numpy(), days))
    assert found.auc > simple.auc, (found, simple)
    drift = model.drift(known)
    return [
        replace(fit, note=f"{told(found)}, {model.report.trees} trees, {model.version}"),
        replace(alone, note=told(simple)),
        features,
        replace(score, note=f"with reasons; p_churn has moved by {drift['p_churn']:.3f} (PSI)"),
    ]


def by_recency(
    facts: SimulatedFacts, to_come: pa.Table
) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    before = churn.labelled(facts, cut=AS_OF - timedelta(days=HORIZON_DAYS))
    left = before["churned"].cast("int8").to_numpy().astype(np.float64)
    told_by = calibrated(before["recency_days"].to_numpy(), left)
    return np.asarray(told_by(to_come["recency_days"].to_numpy()))


def told(found: churn.Quality) -> str:
    return (
        f"AUC {found.auc:.3f}, calibration error {found.calibration_error:.3f}, "
        f"Brier {found.brier:.3f} on {found.members:,} members"
    )
