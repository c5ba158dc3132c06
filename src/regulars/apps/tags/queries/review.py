"""Tags that somebody should look at: unused, past their update period, or failed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from regulars.apps.tags.hooks import uses_above
from regulars.apps.tags.queries.lineage import inputs_of
from regulars.apps.tags.types import ReviewLine, ReviewReason, Tag
from regulars.science.rules import Vocabulary

UNUSED_DAYS = 90


def review_list(
    tags: Iterable[Tag], vocabulary: Vocabulary, now: datetime
) -> tuple[ReviewLine, ...]:
    """Return what should be looked at as of ``now``, those that failed first."""
    several = tuple(tags)
    used = {code for code, _use in uses_above(tag.code for tag in several)}
    used |= _used_by_tags(several, vocabulary)
    lines = [line for tag in several for line in _reasons(tag, now, in_use=tag.code in used)]
    order = (ReviewReason.FAILED, ReviewReason.STALE, ReviewReason.UNUSED)
    return tuple(sorted(lines, key=lambda line: order.index(line.reason)))


def _reasons(tag: Tag, now: datetime, *, in_use: bool) -> Iterator[ReviewLine]:
    state = tag.state
    if state is not None and state.error:
        yield ReviewLine(tag.code, ReviewReason.FAILED, state.computed_at)
    days = tag.definition.update_days
    computed = state.computed_at if state is not None else tag.saved_at
    if days and now - computed > timedelta(days=days + 1):
        yield ReviewLine(tag.code, ReviewReason.STALE, state.computed_at if state else None)
    last = tag.used_at or tag.created_at
    if not in_use and now - last > timedelta(days=UNUSED_DAYS):
        yield ReviewLine(tag.code, ReviewReason.UNUSED, tag.used_at)


def _used_by_tags(tags: Iterable[Tag], vocabulary: Vocabulary) -> set[str]:
    names = (name for tag in tags for name in inputs_of(tag.definition, vocabulary))
    return {name.removeprefix("tag.") for name in names if name.startswith("tag.")}
