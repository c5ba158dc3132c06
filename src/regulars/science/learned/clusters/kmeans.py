"""k-means with a good start (Lloyd 1982; Arthur & Vassilvitskii 2007, "k-means++", SODA)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_STEPS_MAX = 100
_CHUNK_ROWS = 100_000


def fitted(points: Floats, count: int, random: np.random.Generator, *, starts: int = 5) -> Floats:
    """Return ``count`` centres, the best of several starts by the sum of squared distances."""
    runs = [_run(points, _start(points, count, random)) for _ in range(starts)]
    return min(runs, key=lambda run: run[1])[0]


def nearest(points: Floats, centres: Floats) -> tuple[Ints, Floats]:
    """Return the nearest centre of each point, and the squared distance to it."""
    places, distances = [], []
    length = (centres**2).sum(axis=1)
    for row in range(0, len(points), _CHUNK_ROWS):
        part = points[row : row + _CHUNK_ROWS]
        apart = length - 2.0 * part @ centres.T
        place = apart.argmin(axis=1)
        places.append(place)
        least = apart[np.arange(len(part)), place] + (part**2).sum(axis=1)
        distances.append(np.maximum(least, 0.0))
    return np.concatenate(places), np.concatenate(distances)


def _run(points: Floats, centres: Floats) -> tuple[Floats, float]:
    before = np.inf
    for _ in range(_STEPS_MAX):
        place, distance = nearest(points, centres)
        counts = np.bincount(place, minlength=len(centres))
        sums = np.stack(
            [np.bincount(place, column, minlength=len(centres)) for column in points.T], axis=1
        )
        # A centre that lost everybody moves to the point that is farthest from its own.
        empty = counts == 0
        centres = sums / np.maximum(counts, 1)[:, None]
        if empty.any():
            centres[empty] = points[np.argsort(-distance, kind="stable")[: int(empty.sum())]]
        total = float(distance.sum())
        if before - total <= 1e-6 * max(total, 1e-12):
            break
        before = total
    return centres, float(nearest(points, centres)[1].sum())


def _start(points: Floats, count: int, random: np.random.Generator) -> Floats:
    chosen = [points[random.integers(len(points))]]
    distance = ((points - chosen[0]) ** 2).sum(axis=1)
    for _ in range(count - 1):
        total = distance.sum()
        place = (
            int(np.searchsorted(np.cumsum(distance), random.random() * total))
            if total > 0
            else int(random.integers(len(points)))
        )
        chosen.append(points[min(place, len(points) - 1)])
        distance = np.minimum(distance, ((points - chosen[-1]) ** 2).sum(axis=1))
    return np.stack(chosen)
