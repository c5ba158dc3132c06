"""Set algebra on audiences, by their ids."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from regulars.science.rules.nodes.families import Node


@dataclass(frozen=True, slots=True)
class InAudience(Node):
    """The member is in the audience."""

    kind: ClassVar[str] = "in_audience"
    audience: str


@dataclass(frozen=True, slots=True)
class InUnion(Node):
    """The member is in at least one of the audiences."""

    kind: ClassVar[str] = "in_union"
    audiences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class InIntersection(Node):
    """The member is in every one of the audiences."""

    kind: ClassVar[str] = "in_intersection"
    audiences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class InDifference(Node):
    """The member is in the audience and in none of the others."""

    kind: ClassVar[str] = "in_difference"
    audience: str
    without: tuple[str, ...]
