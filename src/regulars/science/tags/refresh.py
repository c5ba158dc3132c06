"""Refreshing the tags: everybody's, or those of the members that something touched."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

from regulars.base.ids import new_id
from regulars.lake import Lake, Snapshot
from regulars.science.facts import checked_date
from regulars.science.producers.meter import Meter
from regulars.science.producers.run_log import Mode, ProducerRun, last_done
from regulars.science.producers.work import work_tables
from regulars.science.rules import Vocabulary
from regulars.science.tags.rules import TABLE, Order, TagRule, ordered
from regulars.science.tags.sheet import Asked
from regulars.science.tags.touched import all_anew, the_touched
from regulars.science.tags.writing import Written, write

PRODUCER = "tags"
# Raise it when the code decides otherwise on the same rules: the next refresh is then a full one.
_VERSION = 1


@dataclass(frozen=True, slots=True)
class TagReport:
    """What one refresh did: its line in the log, and what went wrong, by the tag's code."""

    run: ProducerRun
    errors: dict[str, str]


def refresh_tags(
    lake: Lake,
    as_of: date,
    tags: Iterable[TagRule],
    *,
    vocabulary: Vocabulary,
    full: bool = False,
) -> TagReport:
    """Decide the tags as of the date, keep what has changed, and log the run, in one commit.

    At the date, and with the tags, of the last run only the members are decided that something
    touched since, and of tags that compare members everybody; the values are the same either way,
    but for queries that are not ``per_member``: these wait for the next full run. Where nothing was
    touched nothing is written.

    Raises:
        RuleError: The tags need each other in a circle.
        LakeBusyError: Another refresh of the tags was quicker.
    """
    meter, started = Meter(), datetime.now(UTC)
    day, several = checked_date(as_of), tuple(tags)
    asked = Asked(day, vocabulary, fingerprint_of(several))
    order = ordered(several, vocabulary)
    with lake.snapshot() as snapshot, work_tables(snapshot) as work:
        base = None if full else _base(snapshot, asked, order)
        errors: dict[str, str] = {}
        decided = (
            all_anew(work, order, asked, errors=errors)
            if base is None
            else the_touched(work, order, asked, base=base, errors=errors)
        )
        mode: Mode = "full" if base is None else "incremental"
        if decided is None:
            run = _run(snapshot, asked, started, meter, mode="none")
            return TagReport(run, errors)
        asked_of = decided.members_asked

        def logged(written: Written) -> ProducerRun:
            run = _run(snapshot, asked, started, meter, mode=mode)
            return replace(
                run,
                state="done",
                members_touched=asked_of,
                rows_out=written.rows,
                rows_written=written.rows_written,
            )

        run = write(lake, work, decided, several, day, whole=base is None, logged=logged)
    return TagReport(run, errors)


def fingerprint_of(tags: Sequence[TagRule]) -> str:
    """Return 16 hex digits that differ when the tags, or what they mean, differ."""
    text = f"{_VERSION} {sorted(map(repr, tags))}"
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _base(snapshot: Snapshot, asked: Asked, order: Order) -> ProducerRun | None:
    """Return the last good run when its values can be built upon, else None."""
    base = last_done(snapshot, [PRODUCER]).get(PRODUCER)
    if base is None or not snapshot.has(TABLE) or order.tangled:
        return None
    versions = snapshot.versions
    same = (
        base.options == asked.fingerprint
        and base.as_of == asked.as_of
        # What things are called, or belong to, is looked up for everybody.
        and all(versions.get(name) == base.sources.get(name) for name in order.looked_up)
    )
    return base if same else None


def _run(
    snapshot: Snapshot, asked: Asked, started: datetime, meter: Meter, *, mode: Mode
) -> ProducerRun:
    return ProducerRun(
        run_id=new_id("r"),
        producer=PRODUCER,
        as_of=asked.as_of,
        mode=mode,
        state="unchanged",
        started_at=started,
        seconds=meter.seconds,
        peak_memory_mb=meter.peak_memory_mb,
        lake_sequence=snapshot.sequence,
        sources=dict(snapshot.versions),
        options=asked.fingerprint,
    )
