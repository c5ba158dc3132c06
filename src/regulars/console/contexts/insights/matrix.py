"""A table of who moved from where to where: rows of the first date, columns of the second."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from regulars.console.contexts import wording

# How much of a row stands in a cell, in steps that the style sheet colours.
_STEPS = 8


@dataclass(frozen=True, slots=True)
class MatrixCell:
    """Members who made one move; ``step`` from 0 (nobody) says how many of the row's they are.

    ``share`` says so in words; '' where the row is not whole.
    """

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

    The place ``optional`` has no row or column where nobody stands in it. Who stands in it both
    times is not counted: its row is not all who stood there, so it has no shares and leads nowhere
    as a whole.
    """
    return crossed(
        numbers,
        [place for place in places if place != optional or _any(numbers, place, 0)],
        [place for place in places if place != optional or _any(numbers, place, 1)],
        name=name,
        address=address,
        alike=True,
        partial=optional,
    )


def crossed(
    numbers: dict[tuple[str, str], int],
    rows: Sequence[str],
    columns: Sequence[str],
    *,
    name: Callable[[str], str],
    address: Callable[[str, str], str],
    alike: bool = False,
    partial: str | None = None,
) -> Matrix:
    """Lay out ``numbers`` of (row, column); rows and columns are alike where both are places.

    The row ``partial`` holds only some who stood there: no shares of it, and no way to all of them.
    '' has no row or column where nobody stands in it.
    """
    sums = {row: sum(numbers.get((row, one), 0) for one in columns) for row in rows}
    reached = {column: sum(numbers.get((one, column), 0) for one in rows) for column in columns}
    shown = [column for column in columns if column or reached[column]]
    return Matrix(
        columns=tuple(name(column) for column in shown),
        rows=tuple(
            MatrixRow(
                name=name(row),
                cells=tuple(
                    _cell(
                        numbers.get((row, column), 0),
                        0 if row == partial else sums[row],
                        address(row, column),
                        stayed=alike and row == column,
                    )
                    for column in shown
                ),
                total=wording.count(sums[row]),
                url=address(row, "") if sums[row] and row != partial else "",
            )
            for row in rows
            if row or sums[row]
        ),
        totals=tuple(
            wording.count(number)
            for number in (*(reached[column] for column in shown), sum(reached.values()))
        ),
    )


def _any(numbers: dict[tuple[str, str], int], place: str, end: int) -> bool:
    return any(count for ends, count in numbers.items() if ends[end] == place)


def _cell(members: int, of: int, url: str, *, stayed: bool) -> MatrixCell:
    share = members / of if of else 0
    return MatrixCell(
        text=wording.count(members) if members else "",
        url=url if members else "",
        share=wording.percent(share, 0) if share else "",
        step=min(_STEPS, 1 + int(share * _STEPS)) if members else 0,
        stayed=stayed,
    )
