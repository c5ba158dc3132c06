"""Rows of one chunk, cut into the monthly files of an export."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from regulars.science.simulation.streams import Ints
from regulars.science.simulation.world.everything import World


def month_names(world: World) -> list[str]:
    """Return every month of the history as YYYY-MM."""
    first = np.datetime64(world.options.first_day, "M")
    return [str(first + number) for number in range(world.options.months)]


def monthly(world: World, month: Ints) -> Iterator[tuple[str, slice]]:
    """Yield each month and the slice of the rows in it; ``month`` must not fall."""
    names = month_names(world)
    ends = np.searchsorted(month, np.arange(len(names) + 1))
    for number, name in enumerate(names):
        yield name, slice(int(ends[number]), int(ends[number + 1]))
