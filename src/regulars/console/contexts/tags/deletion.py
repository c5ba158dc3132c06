"""What is lost with a tag, told before it is deleted."""

from __future__ import annotations

from dataclasses import dataclass

from regulars.apps.tags.queries import figures, tag_named, tags, uses_of, vocabulary
from regulars.console.contexts.tags.uses import UseRow, use_rows
from regulars.console.contexts.tags.wording import named
from regulars.console.desk import Desk


@dataclass(frozen=True, slots=True)
class Deletion:
    """``members`` lose their value with the tag; while something uses it, it stays."""

    code: str
    name: str
    version: int
    members: int
    uses: tuple[UseRow, ...]


def deletion(desk: Desk, code: str) -> Deletion:
    """Return what is lost; raise ``NotVisibleError`` when there is no such tag."""
    tag = tag_named(code)
    held = figures(desk.lake, tag.definition)
    return Deletion(
        code=code,
        name=named(tag.definition),
        version=tag.version,
        members=held.members if held else 0,
        uses=use_rows(uses_of(code, vocabulary(desk.whole)), tags()),
    )
