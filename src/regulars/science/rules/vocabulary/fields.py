"""What a rule may speak of: values of members, facts and their columns."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

ValueType = Literal["text", "integer", "decimal", "number", "boolean", "date"]


@dataclass(frozen=True, slots=True)
class Label:
    """What staff read, in both languages of the console."""

    en: str
    zh: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One value of a member.

    Attributes:
        name: ``attribute.…``, ``feature.…`` or ``tag.…``, as rules write it.
        table: The table that holds it, at most one row per member once it is cut (see below).
        column: The column that holds it.
        type: What can be asked of it. A text in ``column`` is cast when another type is declared;
            what cannot be cast is missing.
        allowed: The only values there are; empty when there may be others. For text.
        label: What staff call it.
        only: Column and value that cut a long table to this field, such as ("name", "hobby").
        dated: Column that must equal as_of, in tables that hold many dates.
    """

    name: str
    table: str
    column: str
    type: ValueType
    label: Label
    allowed: tuple[str, ...] = ()
    only: tuple[str, str] | None = None
    dated: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FactColumn:
    """One column of a fact, or of the thing the fact names.

    Attributes:
        name: As rules write it: ``channel``, ``products.category``.
        column: The column in the fact's table, or in ``via`` when that is given.
        type: What can be asked of it.
        label: What staff call it.
        allowed: The only values there are; empty when there may be others. For text.
        via: The dimension that holds the column.
        key: The column both the fact and ``via`` have; unique in ``via``.
    """

    name: str
    column: str
    type: ValueType
    label: Label
    allowed: tuple[str, ...] = ()
    via: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """Something members do.

    Attributes:
        name: One of it, as rules write it: ``order``.
        table: The table, with member_id (may be null) and ``day``.
        columns: What may be asked of one fact.
        label: What staff call it.
        moment: The column with the moment it was done, which orders facts of one day.
        key: The columns no two facts share, which order facts of one moment.
        day: The column with the business date.
    """

    name: str
    table: str
    columns: tuple[FactColumn, ...]
    label: Label
    moment: str
    key: tuple[str, ...]
    day: str = "business_date"
    by_name: dict[str, FactColumn] = field(init=False, repr=False, compare=False, hash=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_name", {column.name: column for column in self.columns})
