"""The RFM explorer: groups, cube, bands of value, and who moved between two dates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from regulars.console.contexts import wording
from regulars.console.contexts.addresses import members_url
from regulars.console.contexts.charts import Chart, ChartColumn
from regulars.console.contexts.insights.moves import Moves, moves_between
from regulars.console.contexts.overview import group_chart
from regulars.console.desk.options import rfm_options
from regulars.console.figures.insights.cube import cells, value_bands

if TYPE_CHECKING:
    from datetime import date

    from regulars.console.desk import Desk

_METHODS = {
    "quantile": gettext_lazy("Quantiles"),
    "quantile_plus_one": gettext_lazy("Quantiles plus one"),
    "fixed": gettext_lazy("Set cuts"),
    "mean": gettext_lazy("Share of the mean"),
}


@dataclass(frozen=True, slots=True)
class Fact:
    """One option of the scores, or a number beside them."""

    label: str
    value: str
    note: str


@dataclass(frozen=True, slots=True)
class RfmPage:
    """Everything on the page; ``groups.rows`` is empty before features were computed."""

    facts: tuple[Fact, ...]
    groups: Chart
    cube: Chart
    bands: Chart
    moves: Moves


def rfm_page(desk: Desk, *, compared: date | None, by: str) -> RfmPage:
    """Put the page together; without ``compared`` the date before the reader's is meant."""
    groups = group_chart(desk)
    return RfmPage(
        facts=_facts(sum(row[1] for row in groups.rows)),
        groups=groups,
        cube=_cube(desk),
        bands=_bands(desk),
        moves=moves_between(desk, compared=compared, by=by),
    )


def _facts(buyers: int) -> tuple[Fact, ...]:
    options = rfm_options()
    high = {"mean": _("Above the mean"), "score": _("Upper scores")}
    return (
        Fact(_("Buyers"), wording.count(buyers), _("with an order in the window")),
        Fact(_("Window"), _("%(days)d days") % {"days": options.window_days}, _("before the date")),
        Fact(
            _("Scores"),
            f"1 – {options.levels}",
            _("more is better; their sum makes the value"),
        ),
        Fact(_("Method"), str(_METHODS[options.method]), _("where one score ends")),
        Fact(
            _("High"),
            high[options.high] if isinstance(options.high, str) else _("Set values"),
            _("what splits the eight groups"),
        ),
    )


def _cube(desk: Desk) -> Chart:
    found = cells(desk)
    total = sum(cell.bought.members for cell in found) or 1
    words = {code: str(word) for code, word in wording.BANDS.items()}
    return Chart(
        chart_id="chart-cube",
        kind="cube",
        title=_("The 27 cells"),
        note=_("members by recency, frequency and monetary"),
        columns=(
            ChartColumn(_("Recency · frequency · monetary")),
            ChartColumn(_("Members"), "count"),
            ChartColumn(_("Share"), "percent"),
            ChartColumn(_("Spend"), "money"),
        ),
        rows=tuple(
            (
                " · ".join(words[band] for band in (cell.recency, cell.frequency, cell.monetary)),
                cell.bought.members,
                cell.bought.members / total,
                cell.bought.amount,
            )
            for cell in found
        ),
        links=tuple(members_url(cell=cell.code) if cell.bought.members else "" for cell in found),
        currency=desk.currency,
        file=f"rfm-cube-{desk.as_of}",
        extra={
            "places": [[cell.recency, cell.frequency, cell.monetary] for cell in found],
            "bands": words,
            "axes": {
                "recency": _("Recency"),
                "frequency": _("Frequency"),
                "monetary": _("Monetary"),
            },
            "short": [wording.count_short(cell.bought.members) for cell in found],
        },
    )


def _bands(desk: Desk) -> Chart:
    found = value_bands(desk)
    members = sum(bought.members for _band, bought in found) or 1
    amount = sum(bought.amount for _band, bought in found) or 1
    return Chart(
        chart_id="chart-bands",
        kind="bars",
        title=_("High, medium and low value"),
        columns=(
            ChartColumn(_("Value")),
            ChartColumn(_("Members"), "count"),
            ChartColumn(_("Share of members"), "percent"),
            ChartColumn(_("Spend"), "money"),
            ChartColumn(_("Share of spend"), "percent"),
        ),
        rows=tuple(
            (
                wording.term(wording.BANDS, band),
                bought.members,
                bought.members / members,
                bought.amount,
                bought.amount / amount,
            )
            for band, bought in found
        ),
        links=tuple(members_url(band=band) for band, _bought in found),
        currency=desk.currency,
        file=f"value-bands-{desk.as_of}",
    )
