"""Likings that were planted in a simulated chain are found back, and none where none is."""

from __future__ import annotations

from datetime import UTC, datetime

import ibis
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from regulars.science.profile import preferences
from regulars.science.simulation.lake_side import SimulatedFacts
from regulars.science.simulation.people.natures import CHANNELS
from regulars.science.simulation.world.categories import CATEGORIES
from tests.science.learned.conftest import UNTIL

PLANTED = {
    "category": ("taste", [one.name for one in CATEGORIES]),
    "channel": ("channel_mix", list(CHANNELS)),
}


@pytest.fixture(scope="module")
def counted(chain_facts: SimulatedFacts) -> pa.Table:
    """Two years; shop and hour, which the chain in memory does not tell, by the dice."""
    orders = chain_facts.tables["orders"]
    dice = np.random.default_rng(5)
    shops = pa.array([f"s{n}" for n in dice.integers(0, 5, orders.num_rows)])
    start = int(datetime(2025, 1, 1, tzinfo=UTC).timestamp())
    seconds = pa.array(start + dice.integers(0, 86_400, orders.num_rows))
    moments = pc.multiply(seconds, 1_000_000).cast(pa.timestamp("us", "UTC"))
    placed = orders.append_column("store_id", shops).append_column("ordered_at", moments)
    return preferences.counts(
        chain_facts.table("order_lines"),
        ibis.memtable(placed),
        chain_facts.table("products"),
        ibis.memtable(pa.table({"store_id": [f"s{n}" for n in range(5)], "zone": ["UTC"] * 5})),
        as_of=UNTIL,
        window_days=730,
        zones=("UTC",),
    ).to_pyarrow()


@pytest.fixture(scope="module")
def shares(counted: pa.Table) -> pa.Table:
    return preferences.mix(ibis.memtable(counted)).to_pyarrow()


@pytest.fixture(scope="module")
def found(counted: pa.Table, shares: pa.Table) -> pa.Table:
    held = ibis.memtable(counted)
    return preferences.measure(held, ibis.memtable(shares), index_min=120.0).to_pyarrow()


def beyond(chain: SimulatedFacts, column: str, members: pa.Array) -> npt.NDArray[np.float64]:
    """Return how much more than the others each member likes each option."""
    people = chain.people.filter(chain.people["is_member"])
    at = pc.index_in(members, people["member_id"].combine_chunks())
    liked = np.array(people[column].take(at).to_pylist())
    return np.asarray(liked - liked.mean(axis=0))


@pytest.mark.parametrize(
    ("name", "liked", "best"), [("category", 0.975, 0.62), ("channel", 0.98, 0.95)]
)
def test_who_prefers_something_does_like_it_more_than_others(
    chain_facts: SimulatedFacts, found: pa.Table, name: str, liked: float, best: float
) -> None:
    column, options = PLANTED[name]
    place = pc.index_in(found[f"preferred_{name}"], pa.array(options)).fill_null(-1).to_numpy()
    known = place >= 0
    truth = beyond(chain_facts, column, found["member_id"])[known]

    assert known.mean() > 0.55
    assert (truth[np.arange(len(truth)), place[known]] > 0).mean() > liked
    assert (truth.argmax(axis=1) == place[known]).mean() > best


def test_what_is_bought_most_is_liked_less_often(
    chain_facts: SimulatedFacts, counted: pa.Table
) -> None:
    """The simple way, which names everybody's favourite, also of who bought once."""
    of_it = counted.filter(pc.equal(counted["dimension"], "category")).sort_by(
        [("member_id", "ascending"), ("times", "descending"), ("option", "ascending")]
    )
    most = of_it.group_by("member_id", use_threads=False).aggregate([("option", "first")])
    column, options = PLANTED["category"]
    place = pc.index_in(most["option_first"], pa.array(options)).to_numpy()
    truth = beyond(chain_facts, column, most["member_id"])
    assert (truth[np.arange(len(truth)), place] > 0).mean() < 0.95
    assert (truth.argmax(axis=1) == place).mean() < 0.59


def test_where_nothing_is_planted_nobody_prefers_anything(
    found: pa.Table, shares: pa.Table
) -> None:
    """Shops and hours came by the dice, weekdays are alike for all: members do not differ."""
    strength = dict(
        zip(shares["dimension"].to_pylist(), shares["strength"].to_pylist(), strict=True)
    )
    for name in ("store", "hour", "weekday"):
        assert strength[name] > 200
        named = found[f"preferred_{name}"]
        assert (len(named) - named.null_count) / len(named) < 0.001, name
    assert 4 < strength["category"] < 8
