"""The value page: lifetime value, the strata, and how well the models foretold."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from regulars.base.money import symbol
from regulars.console.contexts import wording
from regulars.console.contexts.addresses import members_url
from regulars.console.contexts.charts import Chart, ChartColumn
from regulars.console.contexts.insights.quality import calibration
from regulars.console.contexts.insights.rfm import Fact
from regulars.console.figures.insights import value as figures

if TYPE_CHECKING:
    from regulars.console.desk import Desk
    from regulars.console.figures.insights.value import Bar, Fit, Held, Worth

_FIFTH = figures.CURVE_STEPS // 5


@dataclass(frozen=True, slots=True)
class ValuePage:
    """Everything on the page; ``facts`` is empty before the features were computed."""

    facts: tuple[Fact, ...]
    distribution: Chart
    bands: Chart
    pareto: Chart
    strata: Chart
    calibration: Chart
    quality: tuple[Fact, ...]
    fit: Fit


def value_page(desk: Desk) -> ValuePage:
    """Put the page together."""
    fit = figures.fit(desk)
    bands, held = figures.bands(desk), figures.pareto(desk)
    chart, quality = calibration(desk, fit)
    return ValuePage(
        facts=_facts(desk, bands, held),
        distribution=_distribution(desk),
        bands=_table(desk, "value-bands", _("Bands of lifetime value"), bands),
        pareto=_pareto(desk, held),
        strata=_table(desk, "strata", _("Four strata, 20/80"), figures.strata(desk)),
        calibration=chart,
        quality=quality,
        fit=fit,
    )


def _facts(desk: Desk, bands: tuple[Worth, ...], held: tuple[Held, ...]) -> tuple[Fact, ...]:
    facts = []
    if bands:
        clv, members = sum(one.clv for one in bands), sum(one.members for one in bands)
        each = Decimal(clv) / members
        facts += [
            Fact(_("Members"), wording.count(members), _("who have ordered")),
            Fact(
                _("Lifetime value"),
                wording.money(clv, desk.currency),
                _("of the next 12 months, discounted"),
            ),
            Fact(_("Per member"), wording.money(each, desk.currency), _("on average")),
        ]
    if held and held[-1].value:
        top = next((one.value for one in reversed(held) if one.step <= _FIFTH), Decimal(0))
        share = wording.percent(float(top / held[-1].value))
        facts.append(Fact(_("Top 20 %"), share, _("of the spend of 365 days")))
    return tuple(facts)


def _distribution(desk: Desk) -> Chart:
    found = figures.distribution(desk)
    total = sum(bar.members for bar in found) or 1
    return Chart(
        chart_id="chart-clv",
        kind="heights",
        title=_("Lifetime value of members"),
        note=_("members by the value of their next 12 months"),
        columns=(
            ChartColumn(_("Lifetime value")),
            ChartColumn(_("Members"), "count"),
            ChartColumn(_("Share"), "percent"),
            ChartColumn(_("Value"), "money"),
        ),
        rows=tuple(
            (
                _between(bar, desk.currency),
                bar.members,
                bar.members / total,
                bar.clv,
            )
            for bar in found
        ),
        links=tuple(
            members_url(clv_min=bar.low, clv_max=f"{bar.high}" if bar.high else "")
            if bar.members
            else ""
            for bar in found
        ),
        currency=desk.currency,
        file=f"lifetime-value-{desk.as_of}",
    )


def _between(bar: Bar, currency: str) -> str:
    low = f"{symbol(currency)}{bar.low:,}"
    return f"{low} – {bar.high:,}" if bar.high else f"≥ {low}"


def _table(desk: Desk, name: str, title: str, found: tuple[Worth, ...]) -> Chart:
    members = sum(one.members for one in found) or 1
    spend = sum(one.spend for one in found) or 1
    words, asked = (wording.STRATA, "stratum") if name == "strata" else (wording.BANDS, "clv_band")
    return Chart(
        chart_id=f"chart-{name}",
        kind="bars",
        title=title,
        columns=(
            ChartColumn(_("Layer")),
            ChartColumn(_("Members"), "count"),
            ChartColumn(_("Share of members"), "percent"),
            ChartColumn(_("Lifetime value"), "money"),
            ChartColumn(_("Spend of 365 days"), "money"),
            ChartColumn(_("Share of spend"), "percent"),
        ),
        rows=tuple(
            (
                wording.term(words, one.code),
                one.members,
                one.members / members,
                one.clv,
                one.spend,
                one.spend / spend,
            )
            for one in found
        ),
        links=tuple(members_url(**{asked: one.code}) for one in found),
        currency=desk.currency,
        file=f"{name}-{desk.as_of}",
    )


def _pareto(desk: Desk, held: tuple[Held, ...]) -> Chart:
    whole = held[-1].value if held else Decimal(0)
    # Few buyers have fewer rows than there are steps: the marked one is found by its step.
    fifth = max((at for at, one in enumerate(held) if one.step <= _FIFTH), default=-1)
    return Chart(
        chart_id="chart-pareto",
        kind="pareto",
        title=_("Who brings the spend"),
        note=_("share of the spend of 365 days by share of buyers, the greatest first"),
        columns=(
            ChartColumn(_("Buyers")),
            ChartColumn(_("Members"), "count"),
            ChartColumn(_("Spend"), "money"),
            ChartColumn(_("Share of spend"), "percent"),
        ),
        rows=tuple(
            (
                f"{100 * one.step // figures.CURVE_STEPS} %",
                one.members,
                one.value,
                float(one.value / whole) if whole else None,
            )
            for one in held
        ),
        currency=desk.currency,
        file=f"pareto-{desk.as_of}",
        extra={
            "fifth": fifth,
            "evenly": [one.step / figures.CURVE_STEPS for one in held],
            "even": _("if all bought alike"),
        },
    )
