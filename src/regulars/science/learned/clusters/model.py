"""Groups of like members, frozen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from regulars.science.learned.clusters.kmeans import nearest
from regulars.science.learned.clusters.scale import Scale


@dataclass(frozen=True, slots=True)
class Cluster:
    """One group.

    Attributes:
        english, chinese: Its name.
        centre: Its mean of each column, in standard deviations from everybody's.
        share: What share of the members belongs to it.
    """

    english: str
    chinese: str
    centre: tuple[float, ...]
    share: float


@dataclass(frozen=True, slots=True)
class Clusters:
    """Groups of members, the largest first.

    Attributes:
        silhouettes: The mean silhouette by number of groups tried; of those that were stable the
            greatest was chosen.
        stability, stability_least: Mean and least adjusted Rand index of the groups with those
            found in resamples of the members: 1 the same, 0 as chance would have it; below 0.7 the
            groups depend on who happened to be asked.
        members: How many the fit has seen.
    """

    scale: Scale
    clusters: tuple[Cluster, ...]
    silhouettes: Mapping[int, float]
    stability: float
    stability_least: float
    members: int

    def assigned(self, features: pa.Table) -> pa.Table:
        """Return member_id and cluster (int: the place in ``clusters``) of each member.

        Raises:
            RuleError: A column is missing.
        """
        centres = np.array([cluster.centre for cluster in self.clusters])
        place, _ = nearest(self.scale.points(features), centres)
        return pa.table({"member_id": features["member_id"], "cluster": place})
