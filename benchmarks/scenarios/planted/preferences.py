"""Categories and channels that members like, found back, beside what they bought most."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import ibis
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from benchmarks.harness import Measurement, measured
from benchmarks.scenarios.planted.chain import UNTIL, Numbers, truth_of
from regulars.science.profile import preferences
from regulars.science.simulation.lake_side import SimulatedFacts
from regulars.science.simulation.people.natures import CHANNELS
from regulars.science.simulation.world.categories import CATEGORIES

Places = npt.NDArray[np.int64]
LINES_MIN = 20
PLANTED = {
    "category": ("taste", tuple(one.name for one in CATEGORIES)),
    "channel": ("channel_mix", CHANNELS),
}


def rows(facts: SimulatedFacts) -> Sequence[Measurement]:
    lines = facts.tables["order_lines"].num_rows
    counted, count = measured("preferences, counts", lambda: counts(facts), rows=lines, repeats=1)
    held = ibis.memtable(counted)
    shares, mix = measured(
        "preferences, shares", lambda: preferences.mix(held).to_pyarrow(), rows=lines, repeats=1
    )
    least, everybody = preferences.PreferenceOptions().index_min, ibis.memtable(shares)
    contenders = {
        "preferences": lambda: preferences.measure(held, everybody, index_min=least).to_pyarrow(),
        "bought most": lambda: greatest(held, held["times"]).to_pyarrow(),
        "highest plain index": lambda: by_plain_index(held, everybody).to_pyarrow(),
    }
    found = []
    for name, work in contenders.items():
        named, row = measured(name, work, rows=lines, repeats=1)
        found.append(replace(row, note=told(facts, counted, named)))
    return [count, mix, *found]


def counts(facts: SimulatedFacts) -> pa.Table:
    """Count two years: the chain in memory tells neither shop nor hour."""
    orders = facts.table("orders")
    places = orders.mutate(
        store_id=ibis.null("string"), ordered_at=orders["business_date"].cast("timestamp('UTC')")
    )
    return preferences.counts(
        facts.table("order_lines"),
        places,
        facts.table("products"),
        ibis.memtable(pa.table({"store_id": ["s"], "zone": ["UTC"]})),
        as_of=UNTIL,
        window_days=10_000,
        zones=(),
    ).to_pyarrow()


def by_plain_index(counted: ibis.Table, shares: ibis.Table) -> ibis.Table:
    both = counted.inner_join(shares.select("dimension", "option", "share"),
                              ["dimension", "option"])  # fmt: skip
    return greatest(both, both["times"] / both["share"])


def greatest(counted: ibis.Table, score: ibis.Value) -> ibis.Table:
    pair = ibis.struct({"short": -score, "option": counted["option"]})
    best = {name: pair.min(where=counted["dimension"] == name) for name in PLANTED}
    chosen = counted.group_by("member_id").agg(**best)
    return chosen.select(
        "member_id", **{f"preferred_{name}": chosen[name]["option"] for name in PLANTED}
    )


def told(facts: SimulatedFacts, counted: pa.Table, found: pa.Table) -> str:
    """Return how often what was named is liked more than others like it, and is liked best."""
    of_lines = counted.filter(pa.compute.equal(counted["dimension"], "category"))
    lines = of_lines.group_by("member_id").aggregate([("times", "sum")])
    at = pa.compute.index_in(found["member_id"], lines["member_id"].combine_chunks())
    enough = lines["times_sum"].take(at).fill_null(0).to_numpy() >= LINES_MIN
    parts = []
    for name, (truth, options) in PLANTED.items():
        liked = np.array(truth_of(facts.people, truth, found["member_id"]).to_pylist())
        place = pa.compute.index_in(found[f"preferred_{name}"], pa.array(options))
        named = place.fill_null(-1).to_numpy()
        right, best = agreement(liked, named)
        _, surely = agreement(liked[enough], named[enough])
        parts.append(
            f"{name} of {(named >= 0).sum():,} members, liked more than by others {right:.3f}, "
            f"most beyond others {best:.3f} ({surely:.3f} with {LINES_MIN} lines or more)"
        )
    return "; ".join(parts)


def agreement(liked: Numbers, named: Places) -> tuple[float, float]:
    beyond = liked - liked.mean(axis=0)
    known = named >= 0
    mine = beyond[known, named[known]]
    return float((mine > 0).mean()), float((named == beyond.argmax(axis=1))[known].mean())
