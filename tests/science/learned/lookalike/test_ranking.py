"""Who is returned, in what order, and who never is."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from regulars.base.errors import RuleError
from regulars.science.learned import lookalike

MEMBERS = [f"m{n:04d}" for n in range(1_000)]
FEATURES = pa.table({"member_id": MEMBERS, "spent": np.arange(1_000.0), "noise": [1.0] * 1_000})
SEED = MEMBERS[900::2]
OUT = set(MEMBERS[950:980])


def test_like_members_come_first_and_opted_out_ones_never() -> None:
    model = lookalike.fit(FEATURES, SEED, excluded=OUT)
    found = lookalike.ranked(model, FEATURES, seed=SEED, excluded=OUT)
    order = found["member_id"].to_pylist()

    assert not OUT & set(order)
    assert not set(SEED) & set(order)
    assert len(order) == 1_000 - len(OUT | set(SEED))
    assert order[0] == "m0999"
    assert all(member > "m0840" for member in order[:20])
    assert found["position"].to_pylist() == list(range(1, len(order) + 1))
    assert (np.diff(found["similarity"].to_numpy()) <= 0).all()
    assert model.report.seed == len(set(SEED) - OUT)
    assert model.report.unknown == len(set(SEED) & OUT)
    assert {name for name, _ in model.traits(2)} == {"spent", "spent squared"}
    assert all(weight > 0 for _, weight in model.traits(2))


def test_the_slider_is_between_size_and_similarity() -> None:
    model = lookalike.fit(FEATURES, SEED)
    found = lookalike.ranked(model, FEATURES, seed=SEED, excluded=())
    few = lookalike.ranked(model, FEATURES, seed=SEED, excluded=(), size=7)
    assert few.equals(found.slice(0, 7))
    close = lookalike.ranked(model, FEATURES, seed=SEED, excluded=(), similarity_min=50.0)
    held = found["similarity"].to_numpy()
    assert close.num_rows == int((held >= 50.0).sum())

    steps = lookalike.sizes(found).to_pylist()
    assert [step["members"] for step in steps] == [5, 10, 19, 48, 95, 190, 285, 475]
    for step in steps:
        assert step["similarity_min"] == held[step["members"] - 1]
    assert lookalike.sizes(found.slice(0, 0)).num_rows == 0


def test_similarity_is_told_by_the_seed_itself() -> None:
    model = lookalike.fit(FEATURES, SEED)
    mine = FEATURES.filter(pa.compute.is_in(FEATURES["member_id"], pa.array(SEED)))
    similarity = model.similarity(mine)
    assert similarity.max() == 100.0
    assert np.median(similarity) == pytest.approx(50.0, abs=6.0)


def test_the_order_of_rows_does_not_matter() -> None:
    turned = FEATURES.take(np.random.default_rng(3).permutation(1_000))
    assert lookalike.fit(turned, SEED[::-1]) == lookalike.fit(FEATURES, SEED)


def test_what_makes_no_sense() -> None:
    with pytest.raises(RuleError, match="19 seed members have features"):
        lookalike.fit(FEATURES, [*SEED[:19], "stranger"])
    with pytest.raises(RuleError, match="0 other members have features"):
        lookalike.fit(FEATURES, MEMBERS)
    with pytest.raises(RuleError, match="the table lacks member_id"):
        lookalike.fit(FEATURES.drop_columns(["member_id"]), SEED)
    model = lookalike.fit(FEATURES, SEED)
    with pytest.raises(RuleError, match="0 members are no audience"):
        lookalike.ranked(model, FEATURES, seed=SEED, excluded=(), size=0)
    with pytest.raises(RuleError, match=r"there is no similarity of 101\.0"):
        lookalike.ranked(model, FEATURES, seed=SEED, excluded=(), similarity_min=101.0)
