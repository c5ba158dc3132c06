"""The questions that can be asked about one value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from regulars.science.rules.nodes.families import Test, Value

OPERATORS = ("=", "!=", "<", "<=", ">", ">=")


@dataclass(frozen=True, slots=True)
class Compare(Test):
    """The value stands in this relation to another: =, !=, <, <=, > or >=."""

    kind: ClassVar[str] = "compare"
    operator: str
    value: Value


@dataclass(frozen=True, slots=True)
class Between(Test):
    """The value is at least ``low`` and at most ``high``."""

    kind: ClassVar[str] = "between"
    low: Value
    high: Value


@dataclass(frozen=True, slots=True)
class OneOf(Test):
    """The value is one of these."""

    kind: ClassVar[str] = "in"
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class NoneOf(Test):
    """There is a value, and it is none of these."""

    kind: ClassVar[str] = "not_in"
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Missing(Test):
    """There is no value."""

    kind: ClassVar[str] = "missing"


@dataclass(frozen=True, slots=True)
class Contains(Test):
    """The text has this in it; upper and lower case differ, and no character is special."""

    kind: ClassVar[str] = "contains"
    text: str


@dataclass(frozen=True, slots=True)
class StartsWith(Test):
    """The text begins with this; upper and lower case differ, and no character is special."""

    kind: ClassVar[str] = "starts_with"
    text: str


@dataclass(frozen=True, slots=True)
class InLastDays(Test):
    """The date is one of the last ``days`` before as_of."""

    kind: ClassVar[str] = "in_last_days"
    days: int
