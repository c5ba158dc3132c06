"""Clusters: groups of members who are alike in many columns at once, with names and a verdict.

`fit` standardises the columns, chooses how many groups there are, and says how stable they are
under resampling. The frozen `Clusters` puts any member in the nearest group; each group is named
after what sets it apart, in English and Chinese.
"""

from regulars.science.learned.clusters.fitting import fit
from regulars.science.learned.clusters.model import Cluster, Clusters
from regulars.science.learned.clusters.stability import adjusted_rand_index

__all__ = ["Cluster", "Clusters", "adjusted_rand_index", "fit"]
