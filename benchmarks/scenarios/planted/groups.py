"""Clusters of members by how they buy: how many, and how stable under resampling."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from benchmarks.harness import Measurement, measured
from benchmarks.scenarios.planted.chain import UNTIL
from regulars.science.learned import churn, clusters
from regulars.science.simulation.lake_side import SimulatedFacts

COLUMNS = ("recency_days", "order_days", "order_value", "online_share", "visit_days")


def rows(facts: SimulatedFacts) -> Sequence[Measurement]:
    known = churn.features(churn.measures(facts, as_of=UNTIL), as_of=UNTIL).to_pyarrow()
    found, ours = measured(
        "clusters", lambda: clusters.fit(known, columns=COLUMNS), rows=known.num_rows, repeats=1
    )
    return [
        replace(ours, note=f"{len(found.clusters)} groups; adjusted Rand index over resamples "
                f"{found.stability:.3f}, at least {found.stability_least:.3f}"),
    ]  # fmt: skip
