"""The families that the parts of a rule belong to.

``kind`` is the part's name in the JSON form; the fields of its class are the keys beside it.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import ClassVar, TypeAlias

Value: TypeAlias = str | int | float | bool | date | Decimal


class Node:
    """A condition: it holds for a member, or inside ``where`` for a fact, or it does not."""

    __slots__ = ()
    kind: ClassVar[str]


class Test:
    """A question about one value. A missing value passes no test but ``Missing``."""

    __slots__ = ()
    __test__ = False  # pytest shall not collect it
    kind: ClassVar[str]


class Window:
    """The business dates on which facts count. Facts dated ``as_of`` or later never do."""

    __slots__ = ()
    kind: ClassVar[str]


class Measure:
    """One value out of a member's facts; missing for a member who has none of them."""

    __slots__ = ()
    kind: ClassVar[str]
