"""Whether two ways of grouping the same members agree."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]


def adjusted_rand_index(one: ArrayLike, other: ArrayLike) -> float:
    """Return how far two groupings agree on pairs: 1 wholly, about 0 as chance would have it.

    Hubert & Arabie (1985), "Comparing partitions", Journal of Classification 2; ``one`` and
    ``other`` are whole numbers from 0, one entry per member.
    """
    a, b = np.asarray(one, dtype=np.int64), np.asarray(other, dtype=np.int64)
    width = int(b.max(initial=0)) + 1
    cells = np.bincount(a * width + b).astype(np.float64)
    both = _pairs(cells)
    ours, theirs = (_pairs(np.bincount(part).astype(np.float64)) for part in (a, b))
    all_pairs = len(a) * (len(a) - 1) / 2.0
    chance = ours * theirs / all_pairs if all_pairs else 0.0
    best = (ours + theirs) / 2.0
    return 1.0 if best == chance else float((both - chance) / (best - chance))


def silhouette(points: Floats, group: NDArray[np.int64]) -> float:
    """Return the mean silhouette: how much nearer members are to their own group than to the next.

    Rousseeuw (1987), J. Computational and Applied Mathematics 20; members alone in a group count 0.
    """
    distance = np.sqrt(np.maximum(_squared(points), 0.0))
    groups = np.unique(group)
    marks = (group[:, None] == groups).astype(np.float64)
    sizes = marks.sum(axis=0)
    sums = distance @ marks
    own = np.searchsorted(groups, group)
    rows = np.arange(len(points))
    alone = sizes[own] < 2
    within = sums[rows, own] / np.maximum(sizes[own] - 1, 1)
    means = sums / sizes
    means[rows, own] = np.inf
    between = means.min(axis=1)
    worth = (between - within) / np.maximum(np.maximum(between, within), 1e-12)
    return float(np.where(alone, 0.0, worth).mean())


def _squared(points: Floats) -> Floats:
    length = (points**2).sum(axis=1)
    return np.asarray(length[:, None] + length - 2.0 * points @ points.T)


def _pairs(counts: Floats) -> float:
    return float((counts * (counts - 1) / 2.0).sum())
