"""Lifecycle stages over time: how many stood where, and who changed."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from regulars.console.desk import remembered
from regulars.console.figures.calendar import last_full_month
from regulars.console.figures.digests import digest
from regulars.console.figures.digests.stages import SCHEMA, flows
from regulars.science.lifecycle import NOT_YET, STAGES

if TYPE_CHECKING:
    from regulars.base.business_time import Window
    from regulars.console.desk import Desk

MONTHS_SHOWN = 24


@dataclass(frozen=True, slots=True)
class Flow:
    """Changes of one month from one stage to another; a null month is before all others."""

    month: date | None
    before: str
    after: str
    members: int


@dataclass(frozen=True, slots=True)
class Mix:
    """Members of each stage before ``day`` began."""

    day: date
    members: dict[str, int]


@dataclass(frozen=True, slots=True)
class Balance:
    """One stage in a period: members at its start, who came, who left, members at its end."""

    stage: str
    start: int
    inflow: int
    outflow: int

    @property
    def net(self) -> int:
        """What the period added."""
        return self.inflow - self.outflow

    @property
    def end(self) -> int:
        """Members at the end of the period."""
        return self.start + self.net


def all_flows(desk: Desk) -> tuple[Flow, ...]:
    """Return every month's changes; empty before a refresh has kept the history."""
    found = digest(desk)

    def ask() -> tuple[Flow, ...]:
        rows = found.also(desk, "stages", SCHEMA, lambda: flows(desk))
        summed = rows.group_by("month", "before", "after").agg(members=rows["members"].sum())
        return tuple(Flow(**row) for row in summed.to_pyarrow().to_pylist())

    return remembered((found.key, desk.lake.scope, desk.lake.sequence), "flows", ask)


def mixes(desk: Desk) -> tuple[Mix, ...]:
    """Return the mix at the end of each of the last full months, and as of the reader's date."""
    every = all_flows(desk)
    first = min((flow.month for flow in every if flow.month), default=desk.as_of)
    days = {desk.as_of}
    month = last_full_month(desk.as_of)
    while len(days) <= MONTHS_SHOWN and month.end > first:
        days.add(month.end)
        month = last_full_month(month.first)
    return tuple(Mix(day, _mix(every, day)) for day in sorted(days))


def changes_in(desk: Desk, period: Window) -> dict[tuple[str, str], int]:
    """Return how often members changed from one stage to another in whole months."""
    found: Counter[tuple[str, str]] = Counter()
    for flow in all_flows(desk):
        if flow.month and period.first <= flow.month < period.end:
            found[flow.before, flow.after] += flow.members
    return dict(found)


def balances(desk: Desk, period: Window) -> tuple[Balance, ...]:
    """Return what each stage gained and lost in whole months."""
    start, changes = _mix(all_flows(desk), period.first), changes_in(desk, period)
    return tuple(
        Balance(
            stage=stage,
            start=start[stage],
            inflow=sum(number for (_, after), number in changes.items() if after == stage),
            outflow=sum(number for (before, _), number in changes.items() if before == stage),
        )
        for stage in STAGES
    )


def _mix(every: tuple[Flow, ...], day: date) -> dict[str, int]:
    found = dict.fromkeys(STAGES, 0)
    for flow in every:
        if flow.month is None or flow.month < day:
            found[flow.after] += flow.members
            if flow.before != NOT_YET:
                found[flow.before] -= flow.members
    return found
