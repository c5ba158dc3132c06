"""A member's tags in an answer: the values of the document, told in the words of the catalogue."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from threading import Lock
from typing import Any

from regulars.apps.tags.queries import catalogue_mark, tags, told_tag
from regulars.apps.tags.queries.told import Mark
from regulars.apps.tags.types import MemberTag, Tag


@dataclass(slots=True)
class _Catalogue:
    mark: Mark | None = None
    tags: tuple[Tag, ...] = ()


_LOCK = Lock()
_KEPT = _Catalogue()


def tags_of(standing: Mapping[str, Any], features: Mapping[str, date]) -> list[dict[str, Any]]:
    """Return the tags the member has, in the order of the catalogue; deleted ones are left out."""
    held = standing.get("tags")
    if not held:
        return []
    given = {one["tag"]: one["provenance"] for one in standing.get("given") or []}
    rows = {name: standing.get(name.removeprefix("features/")) or {} for name in features}
    as_of = date.fromisoformat(held["as_of"])
    told = [
        (tag, told_tag(tag, held[tag.code], as_of=as_of, given=given, features=rows))
        for tag in _catalogue()
        if held.get(tag.code) is not None
    ]
    return [tag_as_told(tag, one) for tag, one in told]


def tag_as_told(tag: Tag, held: MemberTag) -> dict[str, Any]:
    """Return a member's tag in the shape of the API."""
    return asdict(held) | {
        "updated_at": tag.state.computed_at if tag.state else None,
        "model_version": held.model_version or None,
    }


def _catalogue() -> tuple[Tag, ...]:
    mark = catalogue_mark()
    with _LOCK:
        if _KEPT.mark != mark:
            _KEPT.tags, _KEPT.mark = tags(), mark
        return _KEPT.tags
