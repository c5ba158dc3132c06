"""What a model foretold, beside what then happened."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from regulars.base.errors import RuleError
from regulars.science.clv.histories import checked
from regulars.science.clv.model import RepeatModel

_GROUPS = 8


@dataclass(frozen=True, slots=True)
class HoldOut:
    """A model's answers for a time that it was not fitted on.

    ``groups`` are (least frequency, customers, actual mean, expected mean) for 0, 1 … 7 or more
    repeat orders; ``coverage`` is the share of customers whose orders lay within the interval of
    ``level``, which is at least that because orders are whole numbers.
    """

    groups: tuple[tuple[int, int, float, float], ...]
    actual: float
    expected: float
    mean_absolute_error: float
    level: float
    coverage: float


def hold_out(
    model: RepeatModel,
    horizon: float,
    *,
    frequency: ArrayLike,
    recency: ArrayLike,
    age: ArrayLike,
    orders: ArrayLike,
    level: float = 0.9,
) -> HoldOut:
    """Compare the ``orders`` of the hold-out, which lasted ``horizon``, with what was expected.

    Raises:
        RuleError: ``orders`` has not one number per customer.
    """
    x, t, length = checked(frequency, recency, age)
    actual = np.asarray(orders, dtype=np.float64)
    if actual.shape != x.shape:
        raise RuleError(f"{len(x)} customers have {actual.size} counts of orders", where="orders")
    expected = model.expected_orders(horizon, x, t, length)
    least, most = model.orders_interval(horizon, x, t, length, level=level)
    group = np.minimum(x, _GROUPS - 1)
    marks = [(number, group == number) for number in range(_GROUPS)]
    return HoldOut(
        groups=tuple(
            (number, int(mine.sum()), float(actual[mine].mean()), float(expected[mine].mean()))
            for number, mine in marks
            if mine.any()
        ),
        actual=float(actual.sum()),
        expected=float(expected.sum()),
        mean_absolute_error=float(np.abs(actual - expected).mean()),
        level=level,
        coverage=float(((actual >= least) & (actual <= most)).mean()),
    )
