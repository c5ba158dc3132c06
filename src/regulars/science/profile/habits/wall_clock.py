"""The store's own clock: UTC moments as local hours, by integer arithmetic.

An engine's time-zone function looks up the calendar row by row, which takes most of a second for
a year of orders. A zone changes its offset a few times a year, so here the changes become bounds
of one CASE expression.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

import ibis

from regulars.base.business_time import zone

if TYPE_CHECKING:
    from collections.abc import Iterable
    from zoneinfo import ZoneInfo

    import ibis.expr.types as ir

EPOCH_WEEKDAY = 3  # 1970-01-01 was a Thursday; Monday is 0
HOUR_SECONDS = 3_600
DAY_SECONDS = 86_400


def local_seconds(
    moment: ir.Value, zone_name: ir.Value, *, zones: Iterable[str], first: date, end: date
) -> ir.Value:
    """Return seconds since 1970-01-01 on the wall clock of each row's zone.

    Right for moments from a day before ``first`` to a day after ``end``; rows of a zone that is
    not among ``zones`` are null.
    """
    seconds = moment.epoch_seconds()
    branches = []
    for name in sorted(set(zones)):
        offsets = _offsets(name, first, end)
        for until, offset in offsets[:-1]:
            branches.append(((zone_name == name) & (seconds < until), seconds + offset))
        branches.append((zone_name == name, seconds + offsets[-1][1]))
    return ibis.cases(*branches) if branches else seconds


def hour(local: ir.Value) -> ir.Value:
    """Return the hour of the day, 0 to 23."""
    return ((local // HOUR_SECONDS) % 24).cast("int64")


def weekday(local: ir.Value) -> ir.Value:
    """Return the day of the week, 0 for Monday."""
    return ((local // DAY_SECONDS + EPOCH_WEEKDAY) % 7).cast("int64")


@lru_cache(maxsize=256)
def _offsets(name: str, first: date, end: date) -> tuple[tuple[int, int], ...]:
    """Return (valid until this UTC second, offset in seconds), in order; the last is open."""
    clock = zone(name)
    moment = datetime.combine(first - timedelta(days=1), time.min, tzinfo=UTC)
    stop = datetime.combine(end + timedelta(days=2), time.min, tzinfo=UTC)
    found: list[tuple[int, int]] = []
    while moment < stop:
        later = moment + timedelta(days=1)
        if _offset(clock, moment) != _offset(clock, later):
            found.append((_change(clock, moment, later), _offset(clock, moment)))
        moment = later
    found.append((int(stop.timestamp()), _offset(clock, stop)))
    return tuple(found)


def _change(clock: ZoneInfo, before: datetime, after: datetime) -> int:
    """Return the first UTC second with the offset of ``after``."""
    low, high = int(before.timestamp()), int(after.timestamp())
    held = _offset(clock, before)
    while high - low > 1:
        middle = (low + high) // 2
        if _offset(clock, datetime.fromtimestamp(middle, tz=UTC)) == held:
            low = middle
        else:
            high = middle
    return high


def _offset(clock: ZoneInfo, moment: datetime) -> int:
    shift = moment.astimezone(clock).utcoffset()
    return int(shift.total_seconds()) if shift else 0
