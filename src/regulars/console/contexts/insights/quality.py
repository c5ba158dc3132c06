"""What the value models foretold, beside what came."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from regulars.console.contexts import wording
from regulars.console.contexts.charts import Chart, ChartColumn
from regulars.console.contexts.insights.rfm import Fact

if TYPE_CHECKING:
    from regulars.console.desk import Desk
    from regulars.console.figures.insights.value import Fit
    from regulars.science.value import Quality


def calibration(desk: Desk, fit: Fit) -> tuple[Chart, tuple[Fact, ...]]:
    """Return orders per member in the hold-out by repeat orders before it, and the facts."""
    quality = fit.model.quality if fit.model else None
    groups = quality.calibration if quality else ()
    last = max((group.frequency for group in groups), default=0)
    chart = Chart(
        chart_id="chart-calibration",
        kind="pairs",
        title=_("Foretold and come true"),
        note=_("orders per member in the hold-out, by repeat orders before it"),
        columns=(
            ChartColumn(_("Repeat orders")),
            ChartColumn(_("Members"), "count"),
            ChartColumn(_("Actual")),
            ChartColumn(_("Foretold")),
        ),
        rows=tuple(
            (
                f"{group.frequency}+" if group.frequency == last else str(group.frequency),
                group.members,
                round(group.actual, 3),
                round(group.expected, 3),
            )
            for group in groups
        ),
        currency=desk.currency,
        file=f"calibration-{desk.as_of}",
    )
    return chart, _facts(desk, quality) if quality else ()


def _facts(desk: Desk, quality: Quality) -> tuple[Fact, ...]:
    level = wording.percent(quality.level, 0)
    actual = _("foretold; %(number)s came")
    return (
        Fact(
            _("Orders in %(days)d days held out") % {"days": quality.days},
            wording.count(round(quality.expected_orders)),
            actual % {"number": wording.count(round(quality.orders))},
        ),
        Fact(
            _("Spend in %(days)d days held out") % {"days": quality.days},
            wording.money_short(quality.expected_spend, desk.currency),
            actual % {"number": wording.money_short(quality.spend, desk.currency)},
        ),
        Fact(
            _("Orders inside the interval"),
            wording.percent(quality.orders_coverage),
            _("of members; %(level)s were promised") % {"level": level},
        ),
        Fact(
            _("Spend inside the interval"),
            wording.percent(quality.spend_coverage),
            _("of members; %(level)s were promised") % {"level": level},
        ),
    )
