"""The tree of categories and the tags in it."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import F

from regulars.apps.tags import models
from regulars.apps.tags.rules.stored import from_document
from regulars.apps.tags.types import Category, Tag, TagDefinition, TagState, VersionLine
from regulars.base.errors import NotVisibleError


def categories() -> tuple[Category, ...]:
    """Return the tree from top to bottom, each node after its parent; one query."""
    rows = models.CategoryNode.objects.order_by("level", "position", "code")
    below: dict[int | None, list[models.CategoryNode]] = {}
    for row in rows:
        below.setdefault(row.parent_id, []).append(row)
    found: list[Category] = []

    def walk(parent: int | None, path: tuple[str, ...]) -> None:
        for row in below.get(parent, []):
            mine = (*path, row.code)
            above = path[-1] if path else ""
            found.append(Category(row.code, row.level, above, row.name_zh, row.name_en, mine))
            walk(row.pk, mine)

    walk(None, ())
    return tuple(found)


def tags(codes: Iterable[str] | None = None) -> tuple[Tag, ...]:
    """Return the tags, all or those named, in the order of the tree; three queries."""
    paths = {one.code: one.path for one in categories()}
    place = {code: n for n, code in enumerate(paths)}
    rows = models.TagVersion.objects.filter(number=F("tag__version"))
    states = models.TagRun.objects.all()
    if codes is not None:
        wanted = list(codes)
        rows = rows.filter(tag__code__in=wanted)
        states = states.filter(tag__code__in=wanted)
    known = {state.tag_id: _state(state) for state in states}
    ordered = rows.select_related("tag__category").order_by("tag__position", "tag__code")
    found = [
        Tag(
            definition=from_document(row.definition),
            version=row.number,
            pack=row.tag.pack,
            saved_at=row.saved_at,
            saved_by=row.saved_by,
            created_at=row.tag.created_at,
            used_at=row.tag.used_at,
            state=known.get(row.tag_id),
            path=paths[row.tag.category.code],
        )
        for row in ordered
    ]
    return tuple(sorted(found, key=lambda tag: place[tag.path[-1]]))


def tag_named(code: str) -> Tag:
    """Return one tag; raise ``NotVisibleError`` when there is none."""
    found = tags([code])
    if not found:
        raise NotVisibleError(f"there is no tag {code!r}", fix="See the list of tags")
    return found[0]


def definitions() -> tuple[TagDefinition, ...]:
    """Return what every tag says now; one query."""
    rows = models.TagVersion.objects.filter(number=F("tag__version")).order_by("tag__code")
    return tuple(from_document(row.definition) for row in rows)


def versions(code: str) -> tuple[VersionLine, ...]:
    """Return what the tag said, the newest version first."""
    rows = models.TagVersion.objects.filter(tag__code=code).order_by("-number")
    return tuple(
        VersionLine(row.number, from_document(row.definition), row.saved_at, row.saved_by)
        for row in rows
    )


def _state(row: models.TagRun) -> TagState:
    return TagState(
        as_of=row.as_of,
        first_as_of=row.first_as_of,
        computed_at=row.computed_at,
        members=row.members,
        everybody=row.everybody,
        error=row.error,
    )
