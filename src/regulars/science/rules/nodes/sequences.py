"""What members did one after the other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from regulars.science.rules.nodes.families import Node, Window


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a sequence: a fact that comes, or with ``absent`` one that does not.

    ``within_days`` bounds the days since the step before that is not absent; 0 is the same day.
    """

    fact: str
    where: Node | None = None
    within_days: int | None = None
    absent: bool = False


@dataclass(frozen=True, slots=True)
class Sequence(Node):
    """Facts that come one after the other, each later than the one before.

    Later is a later business date, or the same date and a later moment. The first step is not
    absent. An absent step between two others: no such fact lies between them. After the last one:
    no such fact follows inside the window, or with ``within_days`` in so many days, all of which
    must lie in the window. Only a step after the last one that is not absent may be absent and have
    ``within_days``. Every step lies in the window.
    """

    kind: ClassVar[str] = "sequence"
    steps: tuple[Step, ...]
    window: Window | None = None
