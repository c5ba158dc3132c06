"""The lifecycle page: the mix of stages over time, and who changed in a period."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from regulars.base.business_time import Window
from regulars.console.contexts import wording
from regulars.console.contexts.addresses import members_url
from regulars.console.contexts.charts import Chart, ChartColumn
from regulars.console.figures.calendar import last_full_month
from regulars.console.figures.insights.stages import Balance, balances, changes_in, mixes
from regulars.console.figures.member_filters import ANY
from regulars.science.lifecycle import NOT_YET, STAGES

if TYPE_CHECKING:
    from regulars.console.desk import Desk

MONTHS = (1, 3, 6, 12)
_DEFAULT = 3


@dataclass(frozen=True, slots=True)
class BalanceRow:
    """One stage of a period, with the members at its ends."""

    name: str
    balance: Balance
    start_url: str
    in_url: str
    out_url: str
    end_url: str


@dataclass(frozen=True, slots=True)
class LifecyclePage:
    """Everything on the page; ``mix.rows`` is empty while no history was kept."""

    mix: Chart
    streams: Chart
    rows: tuple[BalanceRow, ...]
    start: int
    end: int
    period: Window
    months: int
    choices: tuple[tuple[int, str], ...]


def lifecycle_page(desk: Desk, *, months: int) -> LifecyclePage:
    """Put the page together; ``months`` are the full months whose changes are shown."""
    months = months if months in MONTHS else _DEFAULT
    period = _period(desk.as_of, months)
    found = balances(desk, period)
    return LifecyclePage(
        mix=_mix(desk),
        streams=_streams(desk, period),
        rows=tuple(
            BalanceRow(
                name=_stage(one.stage),
                balance=one,
                start_url=_stood(one.stage, period.first),
                in_url=_changed(ANY, one.stage, period),
                out_url=_changed(one.stage, ANY, period),
                end_url=_stood(one.stage, period.end),
            )
            for one in found
        ),
        start=sum(one.start for one in found),
        end=sum(one.end for one in found),
        period=period,
        months=months,
        choices=tuple(
            (
                number,
                ngettext("last full month", "last %(number)d full months", number)
                % {"number": number},
            )
            for number in MONTHS
        ),
    )


def _period(as_of: date, months: int) -> Window:
    last = first = last_full_month(as_of)
    for _month in range(months - 1):
        first = last_full_month(first.first)
    return Window(first.first, last.end)


def _mix(desk: Desk) -> Chart:
    found = mixes(desk)
    shown = found if any(sum(mix.members.values()) for mix in found) else ()
    return Chart(
        chart_id="chart-mix",
        kind="mix",
        title=_("Members by stage"),
        note=_("at the end of each month, and as of the date"),
        columns=(
            ChartColumn(_("At the end of")),
            *(ChartColumn(_stage(one), "count") for one in STAGES),
        ),
        rows=tuple((_eve(mix.day), *(mix.members[stage] for stage in STAGES)) for mix in shown),
        cells=tuple(tuple(_stood(stage, mix.day) for stage in STAGES) for mix in shown),
        currency=desk.currency,
        file=f"lifecycle-mix-{desk.as_of}",
    )


def _streams(desk: Desk, period: Window) -> Chart:
    changes = changes_in(desk, period)
    codes = (NOT_YET, *STAGES)
    places = {code: place for place, code in enumerate(codes)}
    ordered = sorted(changes, key=lambda move: (places[move[0]], places[move[1]]))
    last = period.end - timedelta(days=1)
    return Chart(
        chart_id="chart-flows",
        kind="sankey",
        title=_("Who changed"),
        note=_("from %(first)s to %(last)s; a member may change more than once")
        % {"first": period.first, "last": last},
        columns=(ChartColumn(_("Change")), ChartColumn(_("Changes"), "count")),
        rows=tuple(
            (f"{_stage(before)} → {_stage(after)}", changes[before, after])
            for before, after in ordered
        ),
        empty=_("Nobody changed from one stage to another in this time."),
        links=tuple(_changed(before, after, period) for before, after in ordered),
        currency=desk.currency,
        file=f"lifecycle-changes-{period.first}-{last}",
        extra={
            "streams": [[places[before], places[after]] for before, after in ordered],
            "places": [_stage(code) for code in codes],
        },
    )


def _eve(day: date) -> str:
    """Return the last day before ``day`` began: of a month's end the month the bar is named by."""
    return (day - timedelta(days=1)).isoformat()


def _stage(code: str) -> str:
    return wording.term(wording.LIFECYCLE_STAGES, code)


def _changed(before: str, after: str, period: Window) -> str:
    last = period.end - timedelta(days=1)
    return members_url(
        flow=f"{before}-{after}", flow_from=period.first.isoformat(), flow_to=last.isoformat()
    )


def _stood(stage: str, day: date) -> str:
    return members_url(was_stage=stage, was_on=day.isoformat())
