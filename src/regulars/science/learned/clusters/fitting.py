"""Find groups, and say how many there are and how stable they are under resampling."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from regulars.base.errors import RuleError
from regulars.science.learned.clusters.kmeans import fitted, nearest
from regulars.science.learned.clusters.model import Cluster, Clusters
from regulars.science.learned.clusters.naming import named
from regulars.science.learned.clusters.scale import Floats, Scale
from regulars.science.learned.clusters.stability import adjusted_rand_index, silhouette

COUNTS = (2, 3, 4, 5, 6, 7, 8)
_MEMBERS_MIN = 100
# Centres of so many members lie where those of all do.
_MEMBERS_MAX = 100_000
_SILHOUETTE_MEMBERS = 2_000
_RESAMPLES = 6
_RESAMPLE_MEMBERS = 5_000
# Groups that agree less with those of a resample depend on who happened to be asked.
STABLE_MIN = 0.7
_RANDOM_SEED = 20_240_229


def fit(
    features: pa.Table,
    *,
    columns: Sequence[str],
    labels: Mapping[str, tuple[str, str]] | None = None,
    counts: Sequence[int] = COUNTS,
) -> Clusters:
    """Group the members of ``features`` (member_id and numbers) by ``columns``.

    k-means on standardised columns for each number of groups in ``counts``. Of the numbers whose
    groups are stable under resampling the one with the greatest mean silhouette is taken; where
    none is, the most stable (Ben-Hur, Elisseeff & Guyon 2002, "A stability based method for
    discovering structure in clustered data"). ``labels`` are the English and Chinese words of the
    columns, for the names. The same rows give the same groups, in whatever order they come.

    Raises:
        RuleError: Fewer than 100 members, a column is missing or tells nobody apart, or a number of
            groups makes no sense.
    """
    if features.num_rows < _MEMBERS_MIN:
        raise RuleError(
            f"{features.num_rows} members make no groups", fix=f"Pass {_MEMBERS_MIN} at least"
        )
    if not counts or not all(2 <= count <= 50 for count in counts):
        raise RuleError(f"{list(counts)} are no numbers of groups", where="counts", fix="2 to 50")
    random = np.random.default_rng(_RANDOM_SEED)
    rows = features.sort_by("member_id")
    scale = Scale.of(rows, columns)
    everybody = scale.points(rows)
    points = _some(everybody, _MEMBERS_MAX, random)
    asked = _some(points, _SILHOUETTE_MEMBERS, random)
    tried = [_tried(points, asked, count, random) for count in counts]
    best = max(tried, key=_preference)
    centres = best.centres
    place, _ = nearest(everybody, centres)
    shares = np.bincount(place, minlength=len(centres)) / len(place)
    order = np.argsort(-shares, kind="stable")
    words = named(centres[order], scale.names, labels or {})
    return Clusters(
        scale=scale,
        clusters=tuple(
            Cluster(english, chinese, tuple(centres[at].tolist()), float(shares[at]))
            for (english, chinese), at in zip(words, order.tolist(), strict=True)
        ),
        silhouettes={len(one.centres): one.silhouette for one in tried},
        stability=float(np.mean(best.agreed)),
        stability_least=min(best.agreed),
        members=features.num_rows,
    )


@dataclass(frozen=True, slots=True)
class _Tried:
    centres: Floats
    silhouette: float
    agreed: list[float]


def _tried(points: Floats, asked: Floats, count: int, random: np.random.Generator) -> _Tried:
    centres = fitted(points, count, random)
    worth = silhouette(asked, nearest(asked, centres)[0])
    return _Tried(centres, worth, _agreed(points, centres, random))


def _preference(one: _Tried) -> tuple[bool, float]:
    stability = float(np.mean(one.agreed))
    stable = stability >= STABLE_MIN
    return stable, one.silhouette if stable else stability


def _agreed(points: Floats, centres: Floats, random: np.random.Generator) -> list[float]:
    """Group resamples anew, from other starts, and compare how all members would be grouped."""
    judged = _some(points, _RESAMPLE_MEMBERS, random)
    ours, _ = nearest(judged, centres)
    found = []
    for _ in range(_RESAMPLES):
        drawn = judged[random.integers(len(judged), size=len(judged))]
        theirs, _ = nearest(judged, fitted(drawn, len(centres), random, starts=2))
        found.append(adjusted_rand_index(ours, theirs))
    return found


def _some(points: Floats, most: int, random: np.random.Generator) -> Floats:
    if len(points) <= most:
        return points
    return points[np.sort(random.choice(len(points), most, replace=False))]
