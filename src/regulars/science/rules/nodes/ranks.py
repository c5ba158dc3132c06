"""Where a member stands among all members that have a value; also when only a few are asked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from regulars.science.rules.nodes.families import Node


@dataclass(frozen=True, slots=True)
class InPercentiles(Node):
    """The percentile of the member's value is at least ``low`` and below ``high`` (0 to 100).

    The percentile is the share, in percent, of members with a lower value among those with a value.
    Equal values have equal percentiles, and 0–25, 25–50, 50–75, 75–100 part everybody with a value.
    """

    kind: ClassVar[str] = "in_percentiles"
    field: str
    low: int
    high: int


@dataclass(frozen=True, slots=True)
class InTop(Node):
    """One of the ``count`` members with the highest values; of equals the lower member_id."""

    kind: ClassVar[str] = "in_top"
    field: str
    count: int


@dataclass(frozen=True, slots=True)
class InBottom(Node):
    """One of the ``count`` members with the lowest values; of equals the lower member_id."""

    kind: ClassVar[str] = "in_bottom"
    field: str
    count: int
