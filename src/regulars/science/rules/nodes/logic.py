"""And, or, not: of members, and inside ``where`` of facts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from regulars.science.rules.nodes.families import Node


@dataclass(frozen=True, slots=True)
class And(Node):
    """All of two or more conditions hold."""

    kind: ClassVar[str] = "and"
    of: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Or(Node):
    """At least one of two or more conditions holds."""

    kind: ClassVar[str] = "or"
    of: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Not(Node):
    """The condition does not hold: everybody but those for whom it does.

    So a member without a gender is matched by ``not attribute.gender = "female"``, but not by
    ``attribute.gender != "female"``, which tests a value that is not there.
    """

    kind: ClassVar[str] = "not"
    of: Node
