"""What members did: orders, events and other facts, and what they come to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from regulars.science.rules.nodes.families import Measure, Node, Test, Window


@dataclass(frozen=True, slots=True)
class Did(Node):
    """The member has such facts; with a measure, what they come to also passes the test.

    ``where`` is a condition on one fact. ``measure`` and ``test`` stand together or not at all.
    Did not is ``Not(Did(...))``.
    """

    kind: ClassVar[str] = "did"
    fact: str
    window: Window | None = None
    where: Node | None = None
    measure: Measure | None = None
    test: Test | None = None


@dataclass(frozen=True, slots=True)
class Count(Measure):
    """How many facts there are; at least 1."""

    kind: ClassVar[str] = "count"


@dataclass(frozen=True, slots=True)
class Sum(Measure):
    """The sum of a column over the facts that have a value there."""

    kind: ClassVar[str] = "sum"
    column: str


@dataclass(frozen=True, slots=True)
class Distinct(Measure):
    """How many different values a column has; at least 1."""

    kind: ClassVar[str] = "distinct"
    column: str


@dataclass(frozen=True, slots=True)
class Highest(Measure):
    """The highest value of a column; the latest of dates."""

    kind: ClassVar[str] = "highest"
    column: str


@dataclass(frozen=True, slots=True)
class Lowest(Measure):
    """The lowest value of a column; the earliest of dates."""

    kind: ClassVar[str] = "lowest"
    column: str


@dataclass(frozen=True, slots=True)
class First(Measure):
    """The column of the earliest fact: by date, then moment, then key."""

    kind: ClassVar[str] = "first"
    column: str


@dataclass(frozen=True, slots=True)
class Last(Measure):
    """The column of the latest fact: by date, then moment, then key."""

    kind: ClassVar[str] = "last"
    column: str
