"""Agreement of groupings and silhouettes, counted pair by pair; names and scales by hand."""

from __future__ import annotations

from itertools import combinations
from math import log

import numpy as np
import pyarrow as pa
import pytest

from regulars.science.learned.clusters import adjusted_rand_index
from regulars.science.learned.clusters.naming import named
from regulars.science.learned.clusters.scale import Scale
from regulars.science.learned.clusters.stability import silhouette

RANDOM = np.random.default_rng(4)


def test_agreement_by_counting_pairs() -> None:
    a, b = RANDOM.integers(0, 3, 40), RANDOM.integers(0, 4, 40)
    pairs = list(combinations(range(40), 2))
    both = sum(a[i] == a[j] and b[i] == b[j] for i, j in pairs)
    ours, theirs = (sum(part[i] == part[j] for i, j in pairs) for part in (a, b))
    chance = ours * theirs / len(pairs)

    expected = (both - chance) / ((ours + theirs) / 2 - chance)
    assert adjusted_rand_index(a, b) == pytest.approx(expected)
    assert adjusted_rand_index(a, (a + 1) % 3) == 1.0
    assert adjusted_rand_index([0, 0, 0], [0, 0, 0]) == 1.0


def test_silhouette_by_distances() -> None:
    points = RANDOM.normal(size=(25, 3))
    group = np.array([0] * 10 + [1] * 14 + [2])
    worth = []
    for i in range(25):
        mean = {
            g: np.mean([
                np.sqrt(sum((points[i] - points[j]) ** 2))
                for j in range(25) if group[j] == g and j != i
            ])
            for g in range(3) if any(group[j] == g and j != i for j in range(25))
        }  # fmt: skip
        own = mean.pop(int(group[i]), None)
        nearest = min(mean.values())
        worth.append(0.0 if own is None else (nearest - own) / max(nearest, own))
    assert silhouette(points, group) == pytest.approx(np.mean(worth))


def test_names_say_what_sets_apart() -> None:
    centres = np.array([[1.5, -0.9, 0.1], [1.4, -0.8, 0.9], [1.3, -0.7, 0.0], [0.1, 0.2, 0.3]])
    labels = {"a": ("spend", "消费"), "b": ("visits", "访问")}
    assert named(centres, ("a", "b", "c"), labels) == [
        ("high spend, low visits", "消费高、访问低"),
        ("high spend, high c", "消费高、c高"),
        ("high spend, low visits, once more", "消费高、访问低（另一群）"),
        ("like most members", "与多数会员相当"),
    ]


def test_skewed_columns_are_logged() -> None:
    spent = [0.0] * 50 + [1.0] * 40 + [10.0] * 9 + [1000.0]
    table = pa.table({"spent": [*spent, None], "age": [*map(float, range(100)), None]})
    scale = Scale.of(table, ["spent", "age"])
    points = scale.points(table)

    assert scale.logged == (True, False)
    logs = [log(1 + value) for value in spent]
    assert scale.means == pytest.approx((np.mean(logs), 49.5))
    assert points[0, 0] == pytest.approx(-np.mean(logs) / np.std(logs))
    assert points[99, 0] == 3.0  # nobody is farther off than three deviations
    assert points[100].tolist() == [0.0, 0.0]
