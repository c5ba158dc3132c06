"""Planted groups are found back, counted and named; the same rows give the same groups."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from regulars.base.errors import RuleError
from regulars.science.learned import clusters
from regulars.science.simulation.lake_side import SimulatedFacts

LABELS = {"x": ("spend", "消费"), "y": ("visits", "访问")}
CENTRES = ((0.0, 0.0), (6.0, 0.0), (0.0, 6.0), (6.0, 6.0))


def planted(members: int = 1_200) -> tuple[pa.Table, np.ndarray[tuple[int], np.dtype[np.int64]]]:
    random = np.random.default_rng(7)
    group = random.choice(4, members, p=(0.4, 0.3, 0.2, 0.1))
    points = np.array(CENTRES)[group] + random.normal(size=(members, 2))
    names = [f"m{n:05d}" for n in range(members)]
    return pa.table({"member_id": names, "x": points[:, 0], "y": points[:, 1]}), group


def test_planted_groups_are_found_back() -> None:
    table, group = planted()
    found = clusters.fit(table, columns=["x", "y"], labels=LABELS)

    assert len(found.clusters) == 4
    assert max(found.silhouettes, key=lambda count: found.silhouettes[count]) == 4
    place = found.assigned(table)["cluster"].to_numpy()
    assert clusters.adjusted_rand_index(place, group) > 0.98
    assert found.stability > 0.95
    assert found.stability >= found.stability_least > 0.9
    shares = [cluster.share for cluster in found.clusters]
    assert shares == sorted(shares, reverse=True)
    assert shares == pytest.approx((np.bincount(place) / len(place)).tolist())
    # Most members are low in x and in y, so the others are told by what they have more of.
    assert {cluster.english.split(", ")[0] for cluster in found.clusters} >= {
        "high spend",
        "high visits",
    }
    assert all("消费" in cluster.chinese or "访问" in cluster.chinese for cluster in found.clusters)


def test_the_order_of_rows_does_not_matter() -> None:
    table, _ = planted(400)
    turned = table.take(np.random.default_rng(3).permutation(400))
    assert clusters.fit(turned, columns=["x", "y"]) == clusters.fit(table, columns=["x", "y"])


def test_one_cloud_is_no_four_groups() -> None:
    random = np.random.default_rng(9)
    cloud = pa.table({
        "member_id": [f"m{n:05d}" for n in range(800)],
        **{name: random.normal(size=800) for name in "abcde"},
    })  # fmt: skip
    found = clusters.fit(cloud, columns=list("abcde"), counts=[4])
    assert found.stability < 0.6


def test_how_people_shop_is_found_back(chain_facts: SimulatedFacts) -> None:
    orders = chain_facts.table("orders")
    known = orders.filter(orders["member_id"].notnull())
    features = known.group_by("member_id").agg(
        in_shops=(known["channel"] == "pos").mean(), orders=known.count()
    )
    table = features.filter(features["orders"] >= 8).drop("orders").to_pyarrow()
    found = clusters.fit(table, columns=["in_shops"], counts=[2])
    place = found.assigned(table)["cluster"].to_pylist()
    mix = dict(zip(chain_facts.people["member_id"].to_pylist(),
                   chain_facts.people["channel_mix"].to_pylist(), strict=True))  # fmt: skip
    truth = [int(mix[member][0] > 0.5) for member in table["member_id"].to_pylist()]
    assert clusters.adjusted_rand_index(place, truth) > 0.7


def test_what_makes_no_sense() -> None:
    table, _ = planted(120)
    with pytest.raises(RuleError, match="99 members make no groups"):
        clusters.fit(table.slice(0, 99), columns=["x"])
    with pytest.raises(RuleError, match="features: the table lacks z"):
        clusters.fit(table, columns=["x", "z"])
    with pytest.raises(RuleError, match=r"counts: \[1\] are no numbers of groups"):
        clusters.fit(table, columns=["x"], counts=[1])
    same = table.append_column("z", pa.array([1.0] * 120))
    with pytest.raises(RuleError, match="z: every member has the same value"):
        clusters.fit(same, columns=["x", "z"])
