"""Declared attributes as words for rules: whatever member lists and surveys have told."""

from __future__ import annotations

from typing import Protocol

from regulars.science.profile.card import GUARDED
from regulars.science.rules import Field, Label, Tables
from regulars.science.rules.vocabulary import NAME

TABLE = "member_attributes"


class Held(Tables, Protocol):
    """Tables that know whether they were ever written: a snapshot, cut to a scope or whole."""

    def has(self, name: str) -> bool:
        """Return whether the table has been written."""
        ...


def declared_attributes(tables: Held, known: frozenset[str]) -> tuple[Field, ...]:
    """Return a text field per attribute that the lake holds and that is not ``known`` already.

    What is told with a member's consent only is not for rules.
    """
    if not tables.has(TABLE):
        return ()
    rows = tables.table(TABLE).select("name").distinct().to_pyarrow()
    names = sorted(rows.column("name").to_pylist())
    return tuple(
        Field(
            name=f"attribute.{name}",
            table=TABLE,
            column="value",
            type="text",
            label=Label(name, name),
            only=("name", name),
        )
        for name in names
        if NAME.fullmatch(name) and name not in GUARDED and f"attribute.{name}" not in known
    )
