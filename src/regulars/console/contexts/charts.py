"""A chart: its numbers once, as a picture, as a table with links, and as a file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Literal

from regulars.base.money import symbol
from regulars.console.contexts import wording

Kind = Literal[
    "spark", "weeks", "hours", "groups", "bars", "day", "cube", "sankey", "mix",
    "calibration", "heights", "pareto", "pairs",
]  # fmt: skip
ColumnType = Literal["text", "count", "money", "percent"]


@dataclass(frozen=True, slots=True)
class ChartColumn:
    """One column of the numbers behind a chart; the first one names the row."""

    label: str
    type: ColumnType = "text"


@dataclass(frozen=True, slots=True)
class Cell:
    """One written number of the table under a chart; ``url`` leads to its own members."""

    text: str
    numeric: bool
    url: str = ""


@dataclass(frozen=True, slots=True)
class ChartRow:
    """One row of the table under a chart, with the address of the members behind it."""

    name: str
    url: str
    cells: tuple[Cell, ...]
    value: float
    share: str = ""


@dataclass(frozen=True, slots=True)
class Chart:
    """What the script draws and the page writes out.

    ``links`` has one address per row, ``cells`` one per number of each row. ``empty`` is shown
    where there is no row; by itself it says that there were no orders.
    """

    chart_id: str
    kind: Kind
    title: str
    columns: tuple[ChartColumn, ...]
    rows: tuple[tuple[Any, ...], ...]
    currency: str
    file: str
    note: str = ""
    empty: str = ""
    links: tuple[str, ...] = ()
    cells: tuple[tuple[str, ...], ...] = ()
    extra: dict[str, Any] = field(default_factory=dict)

    @property
    def spec(self) -> dict[str, Any]:
        """Return what the script needs, as JSON takes it."""
        return {
            "kind": self.kind,
            "file": self.file,
            "symbol": symbol(self.currency),
            "columns": [{"label": str(one.label), "type": one.type} for one in self.columns],
            "rows": [[_plain(value) for value in row] for row in self.rows],
            "links": list(self.links),
            "cells": [list(row) for row in self.cells],
            **self.extra,
        }

    @property
    def table(self) -> tuple[ChartRow, ...]:
        """Return the rows as words, for the table under the picture."""
        links = self.links or ("",) * len(self.rows)
        cells = self.cells or ((),) * len(self.rows)
        return tuple(
            ChartRow(
                name=str(row[0]),
                url=url,
                cells=tuple(
                    Cell(
                        text=self._written(column, value),
                        numeric=column.type != "text",
                        url=own[place] if place < len(own) else "",
                    )
                    for place, (column, value) in enumerate(
                        zip(self.columns[1:], row[1:], strict=False)
                    )
                ),
                value=_plain(row[1]) or 0,
            )
            for row, url, own in zip(self.rows, links, cells, strict=True)
        )

    @property
    def most(self) -> float:
        """Return the largest first number: the full length of a ranking's bar."""
        return max((row.value for row in self.table), default=0) or 1

    def _written(self, column: ChartColumn, value: Any) -> str:
        if column.type == "money":
            return wording.money(value, self.currency)
        writers: dict[str, Callable[[Any], str]] = {
            "count": wording.count,
            "percent": wording.percent,
        }
        return writers.get(column.type, str)(value)


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return float(value)
    return value.isoformat() if isinstance(value, date) else value
