"""The alerts page: who crossed which line, and what to do for them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from regulars.console.contexts import wording
from regulars.console.contexts.addresses import members_url
from regulars.console.contexts.insights.words import ALERTS, PLAYS, alert_reason, alert_title
from regulars.console.figures.insights.alerts import AlertSum, alerts
from regulars.science.monitors import PLAYS as LIBRARY
from regulars.science.rfm import ABSENT, GROUPS

if TYPE_CHECKING:
    from regulars.console.desk import Desk


@dataclass(frozen=True, slots=True)
class GroupLine:
    """Members of one value group behind an alert, and the plays for them, the first one first."""

    name: str
    members: int
    url: str
    plays: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AlertLine:
    """One line crossed in one direction."""

    code: str
    title: str
    why: str
    direction: str
    members: int
    url: str
    groups: tuple[GroupLine, ...]


@dataclass(frozen=True, slots=True)
class PlayLine:
    """A value group and its plays."""

    group: str
    url: str
    plays: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AlertsPage:
    """Alerts of one date; ``day`` is None while there was never one."""

    day: date | None
    since: date | None
    choices: tuple[date, ...]
    lines: tuple[AlertLine, ...]
    library: tuple[PlayLine, ...]


def alerts_page(desk: Desk, *, wanted: date | None) -> AlertsPage:
    """Put the page together; without ``wanted`` the newest date with alerts is meant."""
    every = alerts(desk)
    choices = tuple(sorted({one.as_of for one in every}, reverse=True))
    day = wanted if wanted in choices else next(iter(choices), None)
    mine = [one for one in every if one.as_of == day]
    lines = [_line(code, [one for one in mine if _code(one) == code]) for code in _codes(mine)]
    return AlertsPage(
        day=day,
        since=min((one.since for one in mine), default=None),
        choices=choices,
        lines=tuple(lines),
        library=tuple(
            PlayLine(
                group=wording.term(wording.RFM_GROUPS, group),
                url=members_url(group=group),
                plays=_plays(group),
            )
            for group in GROUPS
        ),
    )


def _codes(mine: list[AlertSum]) -> list[str]:
    """Return what there is, in the order of the words, falls before rises."""
    there = {_code(one) for one in mine}
    named = [f"{monitor}-{direction}" for monitor, direction in ALERTS]
    return sorted((code for code in named if code in there), key=lambda code: code.endswith("-up"))


def _code(one: AlertSum) -> str:
    return f"{one.monitor}-{one.direction}"


def _line(code: str, sums: list[AlertSum]) -> AlertLine:
    monitor, direction = code.split("-")
    day = sums[0].as_of.isoformat()
    by_group = {one.rfm_group: one.members for one in sums}
    return AlertLine(
        code=code,
        title=alert_title(monitor, direction),
        why=alert_reason(monitor, direction),
        direction=direction,
        members=sum(by_group.values()),
        url=members_url(alert=code, alerted_on=day),
        groups=tuple(
            GroupLine(
                name=wording.term(wording.RFM_GROUPS, group or ABSENT),
                members=by_group[group],
                url=members_url(alert=code, alert_group=group or ABSENT, alerted_on=day),
                plays=_plays(group),
            )
            for group in (*GROUPS, "")
            if group in by_group
        ),
    )


def _plays(group: str) -> tuple[str, ...]:
    return tuple(str(PLAYS[play]) for play in LIBRARY.get(group, ()))
