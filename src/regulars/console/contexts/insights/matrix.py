"""A table of who moved from where to where: rows of the first date, columns of the second."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from regulars.console.contexts import wording

# How much of a row stands in a cell, in steps that the style sheet colours.
_STEPS = 8


@dataclass(frozen=True, slots=True)
class MatrixCell:
    """Members who made one move; ``step`` from 0 (nobody) says how many of the row's they are."""

    text: str
    url: str
    share: str
    step: int
    stayed: bool


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """Where members stood first, where each of them stood then, and their sum."""

    name: str
    cells: tuple[MatrixCell, ...]
    total: str
    url: str


@dataclass(frozen=True, slots=True)
class Matrix:
    """The whole table; ``totals`` are the columns' sums, the last one everybody."""

    columns: tuple[str, ...]
    rows: tuple[MatrixRow, ...]
    totals: tuple[str, ...]


def matrix(
    numbers: dict[tuple[str, str], int],
    places: Sequence[str],
    *,
    name: Callable[[str], str],
    address: Callable[[str, str], str],
    optional: str,
) -> Matrix:
    """Lay out ``numbers`` of (before, after); ``address`` with '' for after means any.

    The place ``optional`` has no row or column where nobody stands in it.
    """
    sums = {before: sum(numbers.get((before, one), 0) for one in places) for before in places}
    reached = {after: sum(numbers.get((one, after), 0) for one in places) for after in places}
    rows = [place for place in places if sums[place] or place != optional]
    columns = [place for place in places if reached[place] or place != optional]
    return Matrix(
        columns=tuple(name(place) for place in columns),
        rows=tuple(
            MatrixRow(
                name=name(before),
                cells=tuple(
                    _cell(
                        numbers.get((before, after), 0),
                        sums[before],
                        address(before, after),
                        stayed=before == after,
                    )
                    for after in columns
                ),
                total=wording.count(sums[before]),
                url=address(before, "") if sums[before] else "",
            )
            for before in rows
        ),
        totals=tuple(
            wording.count(number)
            for number in (*(reached[place] for place in columns), sum(reached.values()))
        ),
    )


def _cell(members: int, of: int, url: str, *, stayed: bool) -> MatrixCell:
    share = members / of if of else 0
    return MatrixCell(
        text=wording.count(members) if members else "",
        url=url if members else "",
        share=wording.percent(share, 0) if members else "",
        step=min(_STEPS, 1 + int(share * _STEPS)) if members else 0,
        stayed=stayed,
    )
