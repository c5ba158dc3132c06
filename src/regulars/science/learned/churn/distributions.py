"""How values were spread, kept small enough to stand in a model's text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from regulars.science.learned.churn.quality import stability_index

Floats = NDArray[np.float64]
_GROUPS = 10


@dataclass(frozen=True, slots=True)
class Distribution:
    """Shares of values up to each edge, above the last one, and missing; they add up to 1."""

    edges: tuple[float, ...]
    shares: tuple[float, ...]

    @classmethod
    def of(cls, values: Floats) -> Self:
        """Return the spread of the values over their own tenths."""
        present = values[np.isfinite(values)]
        inner = np.arange(1, _GROUPS) / _GROUPS
        edges = np.unique(np.quantile(present, inner)) if len(present) else np.zeros(0)
        return cls(tuple(edges.tolist()), tuple(_shares(values, edges).tolist()))

    def moved(self, values: Floats) -> float:
        """Return the stability index between the spread and that of other values."""
        return stability_index(self.shares, _shares(values, np.array(self.edges)))


def _shares(values: Floats, edges: Floats) -> Floats:
    group = np.searchsorted(edges, values, side="left")
    group = np.where(np.isfinite(values), group, len(edges) + 1)
    return np.bincount(group, minlength=len(edges) + 2) / max(len(values), 1)
