"""A figure's rows for the reader: the digest's sums, cut to the scope and added up."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from regulars.console.desk import remembered
from regulars.console.figures.digests import digest
from regulars.console.figures.digests.sums import PLACES, SUMS

if TYPE_CHECKING:
    from regulars.console.desk import Desk


@dataclass(frozen=True, slots=True)
class Total:
    """One row; what the sums mean for a figure is told in ``digests.sums``."""

    day: date | None
    code: str
    number: int
    orders: int
    cents: int
    members: int
    base: int
    again: int

    @property
    def amount(self) -> Decimal:
        """The sum of money, with two digits after the point."""
        return Decimal(self.cents).scaleb(-2)


def totals(desk: Desk, figure: str) -> tuple[Total, ...]:
    """Return the figure's rows; all figures are read at once and remembered."""
    found = digest(desk)
    key = (found.key, desk.lake.scope, desk.lake.sequence)

    def ask() -> dict[str, tuple[Total, ...]]:
        rows = found.homes(desk)
        table = rows.group_by(*PLACES).agg(
            **{name: rows[name].sum().cast("int64") for name in SUMS}
        )
        figures = defaultdict(list)
        for row in table.to_pyarrow().to_pylist():
            name = row.pop("figure")
            row["code"], row["number"] = row["code"] or "", row["number"] or 0
            figures[name].append(Total(**row))
        return {name: tuple(some) for name, some in figures.items()}

    return remembered(key, "totals", ask).get(figure, ())
