"""On which business dates facts count. Without a window all facts before as_of count."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from regulars.science.rules.nodes.families import Window


@dataclass(frozen=True, slots=True)
class LastDays(Window):
    """The last ``days`` dates before as_of."""

    kind: ClassVar[str] = "last_days"
    days: int


@dataclass(frozen=True, slots=True)
class BetweenDates(Window):
    """The dates from ``first`` to ``last``, both included."""

    kind: ClassVar[str] = "between_dates"
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class SinceJoining(Window):
    """The dates from the member's day of joining on; with ``days`` only the first so many.

    Who has no day of joining has no such dates.
    """

    kind: ClassVar[str] = "since_joining"
    days: int | None = None
