"""Declared attributes as words for rules: whatever member lists and surveys have told."""

from __future__ import annotations

from regulars.lake import Snapshot
from regulars.science.rules import Field, Label
from regulars.science.rules.vocabulary import NAME

TABLE = "member_attributes"


def declared_attributes(snapshot: Snapshot, known: frozenset[str]) -> tuple[Field, ...]:
    """Return a text field per attribute that the lake holds and that is not ``known`` already."""
    if not snapshot.has(TABLE):
        return ()
    rows = snapshot.rows(TABLE, "name").column("name").unique()
    names = sorted(rows.to_pylist())
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
        if NAME.fullmatch(name) and f"attribute.{name}" not in known
    )
