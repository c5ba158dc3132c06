"""Alerts: who crossed which line, summed over the reader's members."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from regulars.console.desk import remembered
from regulars.console.figures.digests import digest
from regulars.console.figures.digests.alerts import SCHEMA, alert_sums

if TYPE_CHECKING:
    from regulars.console.desk import Desk


@dataclass(frozen=True, slots=True)
class AlertSum:
    """Members of one value group ('' for none) who crossed one line between two dates."""

    as_of: date
    since: date
    monitor: str
    direction: str
    rfm_group: str
    members: int


def alerts(desk: Desk) -> tuple[AlertSum, ...]:
    """Return all alerts up to the reader's date, newest first."""
    found = digest(desk)

    def ask() -> tuple[AlertSum, ...]:
        rows = found.also(desk, "alerts", SCHEMA, lambda: alert_sums(desk))
        keys = ("as_of", "since", "monitor", "direction", "rfm_group")
        summed = rows.group_by(*keys).agg(members=rows["members"].sum())
        listed = [AlertSum(**row) for row in summed.to_pyarrow().to_pylist()]
        return tuple(sorted(listed, key=lambda one: (one.as_of, one.members), reverse=True))

    return remembered((found.key, desk.lake.scope, desk.lake.sequence), "alerts", ask)


def fallen(desk: Desk) -> tuple[date | None, int]:
    """Return the newest date with alerts, and how many members were downgraded then."""
    every = alerts(desk)
    day = every[0].as_of if every else None
    return day, sum(
        one.members
        for one in every
        if (one.as_of, one.monitor, one.direction) == (day, "rfm_group", "down")
    )
