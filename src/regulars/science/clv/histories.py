"""What a model of repeat buying must know of the customers, and no more.

All of them were made for three numbers per customer: how many repeat orders (``frequency``), how
long after the first order the last one came (``recency``), and how long ago the first one was
(``age``). Customers with the same three say the same thing, so they are counted, not repeated.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from regulars.base.errors import RuleError

Floats = NDArray[np.float64]

# So many rows of a few columns stay in a core's cache while a likelihood works on them, and a
# product of vectors this short does not start threads of its own.
CHUNK_ROWS = 8_192
_ALIKE_MIN = 4
_FEW = 10_000


@dataclass(frozen=True, slots=True)
class Histories:
    """Distinct histories with the number of customers who have each: four arrays of one length."""

    frequency: Floats
    recency: Floats
    age: Floats
    customers: Floats

    @property
    def customer_count(self) -> float:
        """All customers together."""
        return float(self.customers.sum())

    def counts(self) -> tuple[Floats, Floats]:
        """Return the distinct frequencies and the number of customers of each."""
        counts = np.bincount(self.frequency.astype(np.int64), weights=self.customers)
        held = np.flatnonzero(counts)
        return held.astype(np.float64), counts[held].astype(np.float64)

    def chunks(self) -> Iterator[Histories]:
        """Cut into parts of a few thousand rows."""
        for start in range(0, len(self.customers), CHUNK_ROWS):
            part = slice(start, start + CHUNK_ROWS)
            yield Histories(
                self.frequency[part], self.recency[part], self.age[part], self.customers[part]
            )

    def only(self, kept: NDArray[np.bool_]) -> Histories:
        """Return the rows that ``kept`` marks."""
        columns = (self.frequency, self.recency, self.age, self.customers)
        return Histories(*(column[kept] for column in columns))


def histories(frequency: ArrayLike, recency: ArrayLike, age: ArrayLike) -> Histories:
    """Count customers with equal histories.

    Raises:
        RuleError: As ``checked``.
    """
    return counted(*checked(frequency, recency, age))


def counted(frequency: Floats, recency: Floats, age: Floats) -> Histories:
    """Count customers with equal histories, which are known to be right.

    Dates make many customers alike, moments hardly any: those are taken as they are.
    """
    recencies, ages = _values(recency), _values(age)
    if recencies is None or ages is None:
        return Histories(frequency, recency, age, np.ones(len(age)))
    key = frequency.astype(np.int64) * len(recencies) + np.searchsorted(recencies, recency)
    key *= len(ages)
    key += np.searchsorted(ages, age)
    key.sort()
    first = np.flatnonzero(np.diff(key, prepend=-1))
    customers = np.diff(first, append=len(key)).astype(np.float64)
    rest, at_age = np.divmod(key[first], len(ages))
    x, at_recency = np.divmod(rest, len(recencies))
    return Histories(x.astype(np.float64), recencies[at_recency], ages[at_age], customers)


def _values(column: Floats) -> Floats | None:
    """Return the distinct values, or None when they are nearly as many as the customers."""
    ordered = np.sort(column)
    distinct = ordered[np.flatnonzero(np.diff(ordered, prepend=-1.0))]
    return distinct if len(distinct) <= max(len(column) // _ALIKE_MIN, _FEW) else None


def sample(frequency: Floats, recency: Floats, age: Floats, *, customers_max: int) -> Histories:
    """Return the histories of evenly spread customers: where a fit may begin."""
    step = max(1, len(frequency) // customers_max)
    return counted(frequency[::step], recency[::step], age[::step])


def checked(
    frequency: ArrayLike, recency: ArrayLike, age: ArrayLike
) -> tuple[Floats, Floats, Floats]:
    """Return the three columns as floating-point arrays of one length.

    Raises:
        RuleError: They differ in length or are empty; a number is missing or negative; a frequency
            is not whole; an order lies after the end of observation; or somebody has a recency
            without a repeat order, or a repeat order without one.
    """
    columns = [np.asarray(column, dtype=np.float64) for column in (frequency, recency, age)]
    x, t, length = columns
    if x.ndim != 1 or not x.shape == t.shape == length.shape:
        shapes = ", ".join(str(column.shape) for column in columns)
        raise RuleError(
            f"frequency, recency and age have the shapes {shapes}", fix="Pass three equal lengths"
        )
    if not len(x):
        raise RuleError("there is no customer", where="frequency", fix="Pass at least one")
    for name, column in zip(("frequency", "recency", "age"), columns, strict=True):
        _demand(np.isfinite(column) & (column >= 0), column, f"{name} must be a number from 0")
    _demand(x == np.floor(x), x, "frequency must be a whole number of repeat orders")
    _demand(t <= length, t, "recency must not exceed age")
    _demand((x > 0) == (t > 0), t, "recency must be above 0 just where frequency is")
    return x, t, length


def _demand(holds: NDArray[np.bool_], values: Floats, rule: str) -> None:
    if not holds.all():
        row = int(np.argmin(holds))
        raise RuleError(f"{rule}, not {values[row]:g}", where=f"customer {row} (counted from 0)")
