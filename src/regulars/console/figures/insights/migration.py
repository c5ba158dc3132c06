"""Who moved between two dates, as sums over the reader's members."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from regulars.console.desk import remembered
from regulars.console.figures.digests import digest
from regulars.console.figures.digests.moves import SCHEMA, moves

if TYPE_CHECKING:
    from datetime import date

    from regulars.console.desk import Desk


@dataclass(frozen=True, slots=True)
class Move:
    """Members who stood in ``before`` at the first date and in ``after`` at the second."""

    kind: str
    before: str
    after: str
    members: int


def compared_choices(desk: Desk) -> tuple[date, ...]:
    """Return the dates with features before the reader's, newest first."""
    return tuple(day for day in desk.as_of_choices if day < desk.as_of)


def migration(desk: Desk, compared: date, kind: str) -> tuple[Move, ...]:
    """Return who moved between ``compared`` and the reader's date; kind: group or band."""
    found = digest(desk)

    def ask() -> tuple[Move, ...]:
        rows = found.also(desk, f"moves-{compared}", SCHEMA, lambda: moves(desk, compared))
        summed = rows.group_by("kind", "before", "after").agg(members=rows["members"].sum())
        return tuple(Move(**row) for row in summed.to_pyarrow().to_pylist())

    every = remembered((found.key, desk.lake.scope, desk.lake.sequence), f"moves {compared}", ask)
    return tuple(move for move in every if move.kind == kind)
