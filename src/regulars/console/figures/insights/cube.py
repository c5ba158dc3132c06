"""The RFM cube and the bands of value, as sums over the reader's members."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from itertools import product
from typing import TYPE_CHECKING

from regulars.console.figures.totals import totals
from regulars.science.rfm import BANDS

if TYPE_CHECKING:
    from regulars.console.desk import Desk
    from regulars.science.rfm.bands import Band


@dataclass(frozen=True, slots=True)
class Bought:
    """Members who stand somewhere, with their orders and net amount in the window."""

    members: int
    orders: int
    amount: Decimal


_NOBODY = Bought(members=0, orders=0, amount=Decimal(0))


@dataclass(frozen=True, slots=True)
class Cell:
    """One of the 27 cells: its bands of recency, frequency and monetary."""

    recency: Band
    frequency: Band
    monetary: Band
    bought: Bought

    @property
    def code(self) -> str:
        """As the filter of the members list names it."""
        return f"{self.recency}-{self.frequency}-{self.monetary}"


def cells(desk: Desk) -> tuple[Cell, ...]:
    """Return all 27 cells, low before high; empty before features were computed."""
    found = _bought(desk, "cell")
    return tuple(
        Cell(r, f, m, bought=found.get(f"{r}-{f}-{m}", _NOBODY))
        for r, f, m in (product(BANDS, BANDS, BANDS) if found else ())
    )


def value_bands(desk: Desk) -> tuple[tuple[Band, Bought], ...]:
    """Return the three bands of value, high first; empty before features were computed."""
    found = _bought(desk, "band")
    return tuple((band, found.get(band, _NOBODY)) for band in (reversed(BANDS) if found else ()))


def _bought(desk: Desk, figure: str) -> dict[str, Bought]:
    return {
        row.code: Bought(members=row.members, orders=row.orders, amount=row.amount)
        for row in totals(desk, figure)
    }
