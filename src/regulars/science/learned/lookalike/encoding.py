"""Columns of a feature table as numbers of like size."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from regulars.base.errors import RuleError

Floats = NDArray[np.float64]

_STEPS = 101
_LEVELS_MAX = 40


@dataclass(frozen=True, slots=True)
class Encoding:
    """How columns become numbers; learned from one table, used on others like it.

    A number, date or flag becomes its quantile among all members, from -1 to 1, and the square of
    it (a seed may stand in the middle); whether it is missing is a column of its own. A text
    becomes one column per value, of the forty most frequent.

    Attributes:
        steps: For each numeric column its quantiles, rising.
        levels: For each text column its values.
    """

    steps: Mapping[str, tuple[float, ...]]
    levels: Mapping[str, tuple[str, ...]]

    @classmethod
    def of(cls, table: pa.Table) -> Self:
        """Learn from every column but member_id; those with one value only are left out.

        Raises:
            RuleError: No column tells members apart, or one is neither number, date, flag nor text.
        """
        steps, levels = {}, {}
        for name in table.column_names:
            column = table[name]
            if name == "member_id":
                continue
            if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
                found = _frequent(column)
                if len(found) > 1 or (found and column.null_count):
                    levels[name] = found
                continue
            values = _numbers(column, name)
            present = values[np.isfinite(values)]
            grid = _quantiles(present)
            if len(np.unique(grid)) > 1:
                steps[name] = tuple(grid.tolist())
        if not steps and not levels:
            raise RuleError("no column tells members apart", where="features")
        return cls(steps, levels)

    def names(self) -> list[str]:
        """Return what each column of `encoded` stands for."""
        found = []
        for name in self.steps:
            found += [name, f"{name} squared", f"{name} missing"]
        for name, levels in self.levels.items():
            found += [f"{name} = {level}" for level in levels]
        return found

    def encoded(self, table: pa.Table) -> Floats:
        """Return members by columns.

        Raises:
            RuleError: A column is missing.
        """
        missing = [name for name in (*self.steps, *self.levels) if name not in table.column_names]
        if missing:
            raise RuleError(f"the table lacks {', '.join(missing)}", where="features")
        columns: list[Floats] = []
        for name, grid in self.steps.items():
            columns += _placed(_numbers(table[name], name), np.array(grid))
        for name, levels in self.levels.items():
            columns += _marked(table[name], levels)
        return np.column_stack(columns)


def _placed(values: Floats, grid: Floats) -> list[Floats]:
    present = np.isfinite(values)
    held = np.where(present, values, grid[0])
    # Between the first and the last place of equal steps, so that ties stand in their middle.
    low = np.searchsorted(grid, held, side="left")
    high = np.searchsorted(grid, held, side="right")
    place = (low + high - 1) / (len(grid) - 1) - 1.0
    place = np.where(present, np.clip(place, -1.0, 1.0), 0.0)
    return [place, np.where(present, place**2 - 1 / 3, 0.0), (~present).astype(np.float64)]


def _quantiles(present: Floats) -> Floats:
    """Return values that occur, so that no rounding parts equal ones."""
    if not len(present):
        return present
    return np.asarray(np.quantile(present, np.linspace(0, 1, _STEPS), method="nearest"))


def _marked(column: pa.ChunkedArray, levels: Sequence[str]) -> list[Floats]:
    place = pc.fill_null(pc.index_in(column, pa.array(levels, column.type)), -1).to_numpy()
    return [(place == number).astype(np.float64) for number in range(len(levels))]


def _frequent(column: pa.ChunkedArray) -> tuple[str, ...]:
    counts = [(row["values"], row["counts"]) for row in pc.value_counts(column).to_pylist()]
    held = sorted((-count, value) for value, count in counts if value is not None)
    return tuple(value for _, value in held[:_LEVELS_MAX])


def _numbers(column: pa.ChunkedArray, name: str) -> Floats:
    kind = column.type
    if pa.types.is_date(kind):
        column = column.cast(pa.date32()).cast(pa.int32())
    elif pa.types.is_timestamp(kind):
        column = column.cast(pa.int64())
    elif pa.types.is_boolean(kind):
        column = column.cast(pa.int8())
    elif not (pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind)):
        raise RuleError(
            f"a column of {kind} tells nothing of likeness",
            where=name,
            fix="Pass numbers, dates, flags and texts",
        )
    return np.asarray(column.cast(pa.float64()).to_numpy(), dtype=np.float64)
