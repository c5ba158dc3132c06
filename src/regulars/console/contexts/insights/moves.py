"""Who moved between two dates, as a picture of streams and as a table."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from regulars.console.contexts import wording
from regulars.console.contexts.addresses import members_url
from regulars.console.contexts.charts import Chart, ChartColumn
from regulars.console.contexts.insights.matrix import Matrix, matrix
from regulars.console.figures.insights.migration import compared_choices, migration
from regulars.science.rfm import ABSENT, BANDS, GROUPS

if TYPE_CHECKING:
    from regulars.console.desk import Desk

# What the page can follow: its codes, best first, and their words.
FOLLOWED = {
    "group": ((*GROUPS, ABSENT), wording.RFM_GROUPS, gettext_lazy("Eight groups")),
    "band": ((*reversed(BANDS), ABSENT), wording.BANDS, gettext_lazy("High, medium, low")),
}
_SUGGESTED_DAYS = 182


@dataclass(frozen=True, slots=True)
class Moves:
    """The two dates, and who moved between them. Without an earlier date: how to get one."""

    choices: tuple[date, ...]
    compared: date | None
    by: str
    followed: tuple[tuple[str, str], ...]
    streams: Chart | None
    table: Matrix | None
    suggested: date


def moves_between(desk: Desk, *, compared: date | None, by: str) -> Moves:
    """Return who moved since ``compared``, or since the date before the reader's."""
    choices = compared_choices(desk)
    by = by if by in FOLLOWED else "group"
    first = compared if compared in choices else next(iter(choices), None)
    numbers = {}
    if first is not None:
        found = migration(desk, first, by)
        numbers = {(move.before, move.after): move.members for move in found}
    return Moves(
        choices=choices,
        compared=first,
        by=by,
        followed=tuple((code, str(one[2])) for code, one in FOLLOWED.items()),
        streams=_streams(desk, first, by, numbers) if first and numbers else None,
        table=_table(first, by, numbers) if first and numbers else None,
        suggested=(desk.as_of - timedelta(days=_SUGGESTED_DAYS)).replace(day=1),
    )


def _table(first: date, by: str, numbers: dict[tuple[str, str], int]) -> Matrix:
    codes, words, _title = FOLLOWED[by]
    return matrix(
        numbers,
        codes,
        name=lambda code: wording.term(words, code),
        address=lambda before, after: _behind(first, by, before, after),
        optional=ABSENT,
    )


def _streams(desk: Desk, first: date, by: str, numbers: dict[tuple[str, str], int]) -> Chart:
    codes, words, _title = FOLLOWED[by]
    places = {code: place for place, code in enumerate(codes)}
    ordered = sorted(numbers, key=lambda move: (places[move[0]], places[move[1]]))
    sums = {code: sum(n for move, n in numbers.items() if move[0] == code) for code in codes}
    return Chart(
        chart_id="chart-moves",
        kind="sankey",
        title=_("Who moved"),
        note=_("from %(first)s to %(second)s") % {"first": first, "second": desk.as_of},
        columns=(
            ChartColumn(_("Move")),
            ChartColumn(_("Members"), "count"),
            ChartColumn(_("Share of those before"), "percent"),
        ),
        rows=tuple(
            (
                f"{wording.term(words, before)} → {wording.term(words, after)}",
                numbers[before, after],
                # Who was and is absent is not counted: the others are no share of anything.
                numbers[before, after] / sums[before] if before != ABSENT else None,
            )
            for before, after in ordered
        ),
        links=tuple(_behind(first, by, before, after) for before, after in ordered),
        currency=desk.currency,
        file=f"moves-{first}-{desk.as_of}",
        extra={
            "streams": [[places[before], places[after]] for before, after in ordered],
            "places": [wording.term(words, code) for code in codes],
        },
    )


def _behind(first: date, by: str, before: str, after: str) -> str:
    return members_url(**{f"was_{by}": before, "was_on": first.isoformat(), by: after})
