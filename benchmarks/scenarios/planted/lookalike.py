"""Members of one taste, found back from a third of them, beside a random order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import numpy as np
import pyarrow as pa

from benchmarks.harness import Measurement, measured
from benchmarks.scenarios.planted.chain import auc, truth_of
from regulars.science.learned import lookalike
from regulars.science.simulation.lake_side import SimulatedFacts


def rows(facts: SimulatedFacts) -> Sequence[Measurement]:
    features = likings(facts)
    taste = np.array(truth_of(facts.people, "taste", features["member_id"]).to_pylist())
    favourite = taste.argmax(axis=1)
    random = np.random.default_rng(1)
    ids = np.array(features["member_id"].to_pylist())
    held, truth = [], []
    for category in range(taste.shape[1]):
        lovers = ids[favourite == category]
        seed = random.permutation(lovers)[: len(lovers) // 3].tolist()
        model, fit = measured(
            "look-alike, fit", partial(lookalike.fit, features, seed), rows=len(ids), repeats=1
        )
        ranked = partial(lookalike.ranked, model, features, seed=seed, excluded=())
        found, ranking = measured("look-alike, ranked", ranked, rows=len(ids), repeats=1)
        loved = np.isin(np.array(found["member_id"].to_pylist()), lovers)
        held.append(model.report.auc)
        truth.append(auc(-found["position"].to_numpy(), loved))
    shuffled, plain = measured(
        "at random", lambda: random.random(found.num_rows), rows=found.num_rows, repeats=1
    )
    assert min(held) > 0.7, held
    kept = f"{np.mean(held):.3f} of seed members kept apart (least {min(held):.3f})"
    tastes = f"{np.mean(truth):.3f} of the {len(held)} planted tastes"
    return [
        replace(fit, note=f"AUC {kept}, {tastes}"),
        replace(plain, note=f"AUC {auc(shuffled, loved):.3f} of the planted taste"),
        ranking,
    ]


def likings(facts: SimulatedFacts) -> pa.Table:
    """Return what share of a member's lines each category has, and a few other columns."""
    lines, products = facts.table("order_lines"), facts.table("products")
    joined = lines.filter(lines["member_id"].notnull()).inner_join(products, "product_id")
    names = sorted(set(facts.tables["products"]["category"].to_pylist()))
    shares = joined.group_by("member_id").agg(
        lines=joined.count(),
        **{
            f"share_{place}": (joined["category"] == name).mean()
            for place, name in enumerate(names)
        },
    )
    members = facts.table("members").select("member_id", "gender", "joined_channel", "joined_on")
    return shares.inner_join(members, "member_id").order_by("member_id").to_pyarrow()
