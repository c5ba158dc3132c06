"""Members as the models take them: arrays of one length, in whole days and the currency."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

Floats = NDArray[np.float64]

DAYS_PER_WEEK = 7.0


@dataclass(frozen=True, slots=True)
class Histories:
    """Repeat orders, days from the first order to the last and to the end, money of the repeats."""

    frequency: Floats
    recency_days: Floats
    age_days: Floats
    repeat_amount: Floats

    @property
    def recency(self) -> Floats:
        """In weeks."""
        return self.recency_days / DAYS_PER_WEEK

    @property
    def age(self) -> Floats:
        """In weeks."""
        return self.age_days / DAYS_PER_WEEK

    @property
    def monetary(self) -> Floats:
        """The mean of the repeat orders, 0 without any and where more was given back."""
        mean = self.repeat_amount / np.maximum(self.frequency, 1.0)
        return np.maximum(mean, 0.0)

    def only(self, kept: NDArray[np.bool_]) -> Histories:
        """Return the members that ``kept`` marks."""
        columns = (self.frequency, self.recency_days, self.age_days, self.repeat_amount)
        return Histories(*(column[kept] for column in columns))


def histories(rows: pa.Table | pa.RecordBatch, *, as_of: date) -> Histories:
    """Return what ``measure`` found as arrays; ages end on the day before ``as_of``."""
    first, last = _days(rows["first_order_date"]), _days(rows["last_order_date"])
    end = (as_of - date(1970, 1, 1)).days - 1
    return Histories(
        frequency=_floats(rows["frequency"]),
        recency_days=last - first,
        age_days=end - first,
        repeat_amount=_floats(rows["repeat_amount"]),
    )


def _days(column: Any) -> Floats:
    return _floats(pc.cast(column, pa.int32()))


def _floats(column: Any) -> Floats:
    return np.asarray(pc.cast(column, pa.float64()).to_numpy(zero_copy_only=False), np.float64)
