"""Conditions on one value: of a member, and inside ``where`` of a fact."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from regulars.science.rules.nodes.families import Node, Test


@dataclass(frozen=True, slots=True)
class ValueIs(Node):
    """The member's attribute, feature or tag passes the test."""

    kind: ClassVar[str] = "value"
    field: str
    test: Test


@dataclass(frozen=True, slots=True)
class ColumnIs(Node):
    """The fact's column passes the test; only inside ``where``."""

    kind: ClassVar[str] = "column"
    column: str
    test: Test
