"""What a table contract is made of."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Literal

import ibis
import pyarrow as pa

from regulars.base.errors import ContractError

Kind = Literal["fact", "dimension", "feature", "tag", "log"]


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name, its Ibis type, what it means and in which unit."""

    name: str
    type: str
    meaning: str
    unit: str = ""
    nullable: bool = False


# Of the rows with one member_id and as_of the one with the highest revision holds; where it is
# gone there is none. A snapshot shows only rows that hold, without these two columns.
REVISION = (
    Column("revision", "int64", "the commit of the lake that wrote the row; the highest one holds"),
    Column("gone", "boolean", "the member has no features as of the date; other columns are null"),
)
# What the owner of an open table may add to it, by the type its files have.
_OPEN_TYPES = {"string": "string", "double": "float64"}
_REVISION_COLUMNS = frozenset(column.name for column in REVISION)
# Of every table that is loaded from other systems.
SOURCE = Column("source", "string", "the mapping that loaded the row")


@dataclass(frozen=True, slots=True)
class Check:
    """A promise about every row.

    ``holds`` takes a record batch with the contract's schema and returns one boolean per row;
    null counts as broken.
    """

    promise: str
    holds: Callable[[pa.RecordBatch], pa.BooleanArray]


@dataclass(frozen=True)
class Contract:
    """The declared shape of one lake table.

    Attributes:
        name: The table, and its folder under the lake; a slash makes a sub-folder.
        owner: The room or floor that writes it.
        grain: What one row is.
        key: The columns that no two rows share; empty for a table that is only appended to.
        columns: Every column, in order.
        partition: The columns whose values become folders.
        replaces_by: On upsert, held rows of an incoming group (the same values in these columns)
            that are absent from the incoming rows are removed. Empty: nothing is removed.
        kind: ``fact`` and ``dimension`` come from sources, ``feature`` is computed,
            ``tag`` is decided by rules that staff write, ``log`` is kept by the machinery.
        open_columns: Whether the owner adds columns while it runs, of text and of numbers, all of
            which may be missing. Which there are is known to each version of the table.
        source: Where the rows come from.
        checks: Promises about every row beyond type and presence.
    """

    name: str
    owner: str
    grain: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    partition: tuple[str, ...] = ()
    replaces_by: tuple[str, ...] = ()
    kind: Kind = "fact"
    source: str = ""
    open_columns: bool = False
    checks: tuple[Check, ...] = field(default=())

    def __post_init__(self) -> None:
        known = [column.name for column in self.columns]
        for name in (*self.key, *self.partition, *self.replaces_by):
            if name not in known:
                raise ContractError(f"no column {name!r}", where=f"contract {self.name}")
        if len(set(known)) != len(known):
            raise ContractError("a column is declared twice", where=f"contract {self.name}")

    @cached_property
    def column_names(self) -> tuple[str, ...]:
        """The columns' names, in order."""
        return tuple(column.name for column in self.columns)

    @cached_property
    def ibis_schema(self) -> ibis.Schema:
        """The columns as an Ibis schema."""
        return ibis.schema({column.name: column.type for column in self.columns})

    @cached_property
    def shown_schema(self) -> ibis.Schema:
        """The columns as a snapshot's table has them."""
        return ibis.schema({name: self.ibis_schema[name] for name in self.shown_names})

    @cached_property
    def arrow_schema(self) -> pa.Schema:
        """The columns as an Arrow schema, as they are written. Presence is checked, not typed."""
        schema: pa.Schema = self.ibis_schema.to_pyarrow()
        return schema

    @cached_property
    def shown_names(self) -> tuple[str, ...]:
        """The columns a snapshot shows: all but those that say which of two rows holds."""
        return tuple(name for name in self.column_names if name not in _REVISION_COLUMNS)

    @property
    def group(self) -> tuple[str, ...]:
        """The columns by which incoming rows find the held ones they are compared with."""
        return self.replaces_by or self.key

    @property
    def keeps_revisions(self) -> bool:
        """Whether later rows of a key may stand beside earlier ones; see ``REVISION``."""
        return self.kind in {"feature", "tag"}

    def with_columns(self, held: Mapping[str, str]) -> Contract:
        """Return the contract with the columns of an open table beside the declared ones.

        ``held`` are the names and Arrow types of all columns of a version, or of incoming rows.

        Raises:
            ContractError: An added column holds neither text nor numbers.
        """
        if not self.open_columns:
            return self
        added = {name: kind for name, kind in held.items() if name not in self.column_names}
        for name, kind in added.items():
            if kind not in _OPEN_TYPES:
                raise ContractError(
                    f"{kind} is neither text nor a number", where=f"table {self.name}, {name}"
                )
        columns = [
            Column(name, _OPEN_TYPES[kind], name, nullable=True) for name, kind in added.items()
        ]
        return replace(self, columns=(*self.columns, *columns))

    @property
    def knows_members(self) -> bool:
        """Whether a row belongs to a member."""
        return "member_id" in self.column_names

    @property
    def moves_features(self) -> bool:
        """Whether a write makes the members' features stale: a source said it of them."""
        return self.knows_members and self.kind in {"fact", "dimension"}

    def column(self, name: str) -> Column:
        """Return the column; raise ``ContractError`` when the contract has none of that name."""
        for column in self.columns:
            if column.name == name:
                return column
        raise ContractError(
            f"no column {name!r}",
            where=f"table {self.name}",
            fix=f"It has {', '.join(self.column_names)}",
        )
