"""All that is computed, brought up to date together: features, what follows from them, tags.

Whoever refreshes takes a turn: a command waits for the live loop, which is quick, and the live loop
leaves a command its time and looks again later.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from regulars.apps.tags.services.refreshing import refresh_all_tags
from regulars.lake import Lake, Snapshot
from regulars.science.monitors import follow
from regulars.science.producers import Producer, RefreshReport, last_done, refresh
from regulars.science.tags import TagReport


@dataclass(frozen=True, slots=True)
class Refreshed:
    """What a refresh did; ``tags`` is None when there is no tag."""

    features: RefreshReport
    tags: TagReport | None

    def errors(self) -> Iterator[tuple[str, str]]:
        """Yield the producers and tags that failed, each with its error."""
        for run in self.features.runs:
            if run.state in {"failed", "blocked"}:
                yield run.producer, run.error or run.state
        yield from sorted(self.tags.errors.items()) if self.tags is not None else ()


def refresh_everything(
    lake: Lake,
    as_of: date,
    *,
    producers: Iterable[Producer],
    full: bool = False,
    refit: bool = False,
    on_start: Callable[[str], None] = lambda _what: None,
    on_features: Callable[[RefreshReport], None] = lambda _report: None,
) -> Refreshed:
    """Compute features and tags as of the date; ``on_start`` is told what comes next.

    ``on_features`` is told what came of the features before the tags are decided.

    Raises:
        LakeBusyError: Another refresh did not end in ten minutes, or the lake's writer in one.
    """
    several = tuple(producers)
    with lake.refreshing():
        report = refresh(lake, as_of, full=full, refit=refit, producers=several, on_start=on_start)
        on_start("what changed")
        report = follow(lake, report, producers=several)
        on_features(report)
        on_start("tags")
        return Refreshed(report, refresh_all_tags(lake, as_of, full=full))


def keep_up(lake: Lake, *, producers: Iterable[Producer], today: date) -> Refreshed | None:
    """Follow the facts: decide the members that commits have touched since; fit no model.

    The date is the one held, or the day after the last order once that is later, but never beyond
    the day after ``today``: a till whose clock is wrong must not age everybody. What was never
    refreshed, or now has other options, is left to ``refresh_everything``. None when nothing was.

    Raises:
        LakeBusyError: Somebody else refreshes, or writes for long; try later.
    """
    several = tuple(producers)
    with lake.refreshing(wait_seconds=0):
        with lake.snapshot() as snapshot:
            day = _live_date(snapshot, several, today)
            tagged = snapshot.has("tags")
        if day is None:
            return None
        report = refresh(lake, day, live=True, producers=several)
        # Tags first: somebody may look at the member now, and alerts can be a moment later.
        tags = refresh_all_tags(lake, day) if tagged else None
        return Refreshed(follow(lake, report, producers=several), tags)


def _live_date(snapshot: Snapshot, producers: Iterable[Producer], today: date) -> date | None:
    bases = last_done(snapshot, [one.name for one in producers])
    held = max((run.as_of for run in bases.values()), default=None)
    if held is None:
        return None
    last: date | None = snapshot.table("orders")["business_date"].max().to_pyarrow().as_py()
    ahead = held if last is None else min(last, today) + timedelta(days=1)
    return max(held, ahead)
