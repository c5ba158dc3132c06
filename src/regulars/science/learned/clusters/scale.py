"""Columns of one scale, so that no unit decides who is alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from regulars.base.errors import RuleError

Floats = NDArray[np.float64]

_SKEW_MAX = 1.5
_FAR = 3.0


@dataclass(frozen=True, slots=True)
class Scale:
    """How each column is standardised: ln(1 + x) where it is skewed, mean 0, deviation 1."""

    names: tuple[str, ...]
    logged: tuple[bool, ...]
    means: tuple[float, ...]
    deviations: tuple[float, ...]

    @classmethod
    def of(cls, features: pa.Table, columns: Sequence[str]) -> Self:
        """Learn from the columns, which hold numbers.

        Raises:
            RuleError: A column is missing, or all its members have the same value.
        """
        logged, means, deviations = [], [], []
        for name in columns:
            values = _numbers(features, name)
            present = values[np.isfinite(values)]
            deviation = float(present.std()) if len(present) else 0.0
            if deviation <= 0:
                raise RuleError("every member has the same value", where=name, fix="Leave it out")
            skew = float((((present - present.mean()) / deviation) ** 3).mean())
            logged.append(bool(present.min() >= 0) and skew > _SKEW_MAX)
            held = np.log1p(present) if logged[-1] else present
            means.append(float(held.mean()))
            deviations.append(float(held.std()))
        return cls(tuple(columns), tuple(logged), tuple(means), tuple(deviations))

    def points(self, features: pa.Table) -> Floats:
        """Return members by columns; a missing value counts as the mean, no value as over 3."""
        found = np.empty((features.num_rows, len(self.names)))
        for place, name in enumerate(self.names):
            values = _numbers(features, name)
            held = np.log1p(np.maximum(values, 0.0)) if self.logged[place] else values
            scaled = (held - self.means[place]) / self.deviations[place]
            found[:, place] = np.clip(np.nan_to_num(scaled, nan=0.0), -_FAR, _FAR)
        return found


def _numbers(features: pa.Table, name: str) -> Floats:
    if name not in features.column_names:
        raise RuleError(f"the table lacks {name}", where="features")
    return np.asarray(features[name].cast(pa.float64()).to_numpy(), dtype=np.float64)
