"""What everybody would have chosen before the shelves of a day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from regulars.science.learned.price_sensitivity.category_fit import Floats, chances


@dataclass(frozen=True, slots=True)
class Days:
    """One category: its days, and by days and brands what was on offer and how often bought."""

    dates: NDArray[np.datetime64]
    discount: Floats
    lines: Floats
    offered: NDArray[np.bool_]


def days_of(alternatives: pa.Table) -> dict[str, Days]:
    """Cut `alternatives` into categories."""
    category = alternatives["category"].combine_chunks().dictionary_encode()
    which = category.indices.to_numpy(zero_copy_only=False)
    brand = np.asarray(alternatives["brand"].to_numpy(zero_copy_only=False), dtype=np.str_)
    date = alternatives["business_date"].to_numpy(zero_copy_only=False)
    discount = alternatives["discount"].to_numpy(zero_copy_only=False)
    lines = alternatives["lines"].to_numpy(zero_copy_only=False)
    found = {}
    for place, name in enumerate(category.dictionary.to_pylist()):
        mine = which == place
        dates, day = np.unique(date[mine], return_inverse=True)
        brands, column = np.unique(brand[mine], return_inverse=True)
        shape = (len(dates), len(brands))
        spread = [np.zeros(shape), np.zeros(shape), np.zeros(shape)]
        for whole, values in zip(spread, (discount[mine], lines[mine], 1.0), strict=True):
            whole[day, column] = values
        found[name] = Days(dates, spread[0], spread[1], spread[2] > 0)
    return found


def expected(
    days: Mapping[str, Days], weights: Mapping[str, Floats], slopes: Mapping[str, float]
) -> pa.Table:
    """Return mean and variance of the discount chosen on each day of each category."""
    parts = []
    for name, held in days.items():
        p = chances(weights[name], slopes[name], held.discount, held.offered)
        mean = (p * held.discount).sum(axis=1)
        variance = (p * (held.discount - mean[:, None]) ** 2).sum(axis=1)
        parts.append(
            pa.table({
                "category": pa.array([name] * len(mean), pa.string()),
                "business_date": pa.array(held.dates).cast(pa.date32()),
                "discount_expected": mean,
                # What is not there but for rounding is no choice.
                "information": np.where(variance > 1e-12, variance, 0.0),
            })
        )  # fmt: skip
    return pa.concat_tables(parts)
