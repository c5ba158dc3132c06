"""What uses a tag, in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import pgettext_lazy

from regulars.apps.tags.types import Tag, TagUse
from regulars.console.contexts import wording
from regulars.console.contexts.tags.centre import tag_url
from regulars.console.contexts.tags.wording import named

if TYPE_CHECKING:
    from django.utils.functional import Promise

KINDS: dict[str, Promise] = {
    "tag": pgettext_lazy("what uses a tag", "tag"),
    "audience": pgettext_lazy("what uses a tag", "audience"),
    "journey": pgettext_lazy("what uses a tag", "journey"),
}


@dataclass(frozen=True, slots=True)
class UseRow:
    """Something that uses the tag; a tag leads to its page."""

    kind: str
    name: str
    url: str


def use_rows(uses: Iterable[TagUse], every: Iterable[Tag]) -> tuple[UseRow, ...]:
    """Return the uses in words; the names of tags are those of ``every``."""
    names = {tag.code: named(tag.definition) for tag in every}
    return tuple(
        UseRow(
            wording.term(KINDS, use.kind),
            names.get(use.object_id, use.name) if use.kind == "tag" else use.name,
            tag_url(use.object_id) if use.kind == "tag" else "",
        )
        for use in uses
    )
