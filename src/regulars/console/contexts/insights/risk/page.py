"""The risk page: who may leave, what they are worth, why, and what to do."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from regulars.console.contexts import wording
from regulars.console.contexts.addresses import members_url
from regulars.console.contexts.charts import Chart, ChartColumn
from regulars.console.contexts.insights.rfm import Fact
from regulars.console.contexts.insights.risk.tables import (
    GroupAtRisk,
    groups_at_risk,
    reason_chart,
    value_matrix,
)
from regulars.console.figures.digests.risk import TENTHS
from regulars.console.figures.insights.risk import AtRisk, at_risk, why_not
from regulars.science.learned.churn import BANDS, HORIZON_DAYS

if TYPE_CHECKING:
    from regulars.console.contexts.insights.matrix import Matrix
    from regulars.console.desk import Desk

HIGH = next(iter(BANDS))


@dataclass(frozen=True, slots=True)
class RiskPage:
    """Everything on the page; ``facts`` is empty while no model has said anything."""

    facts: tuple[Fact, ...]
    bars: Chart
    matrix: Matrix
    reasons: Chart
    groups: tuple[GroupAtRisk, ...]
    band: str
    bands: tuple[tuple[str, str], ...]
    versions: str
    why_not: str


def risk_page(desk: Desk, *, band: str) -> RiskPage:
    """Put the page together; ``band`` is whose reasons and plays are shown.

    Without one it is the highest that has members.
    """
    told = at_risk(desk, "told")
    there = {one.code for one in at_risk(desk, "cell")}
    band = band if band in BANDS else next((one for one in BANDS if one in there), HIGH)
    return RiskPage(
        facts=_facts(desk, told) if told else (),
        bars=_bars(desk),
        matrix=value_matrix(desk),
        reasons=reason_chart(desk, band),
        groups=groups_at_risk(desk, band),
        band=band,
        bands=tuple((one, wording.term(wording.BANDS, one)) for one in BANDS),
        versions=", ".join(one.code for one in told),
        why_not="" if told else why_not(desk),
    )


def _facts(desk: Desk, told: tuple[AtRisk, ...]) -> tuple[Fact, ...]:
    members = sum(one.members for one in told)
    leaving = sum(one.leaving for one in told)
    high = [one for one in at_risk(desk, "cell") if one.code == HIGH]
    count = sum(one.members for one in high)
    return (
        Fact(_("Members asked"), wording.count(members), _("with an order in the last 180 days")),
        Fact(
            _("Expected to leave"),
            wording.count(round(leaving)),
            _("%(share)s will not order in the next %(days)d days")
            % {"share": wording.percent(leaving / members), "days": HORIZON_DAYS},
        ),
        Fact(
            _("High risk"),
            wording.count(count),
            _("told %(share)s or more") % {"share": wording.percent(BANDS[HIGH], 0)},
        ),
        Fact(
            _("Their lifetime value"),
            wording.money_short(sum(one.clv for one in high), desk.currency),
            _("of the next 12 months, as the value model sees it"),
        ),
    )


def _bars(desk: Desk) -> Chart:
    found = {int(one.code): one for one in at_risk(desk, "bar")}
    total = sum(one.members for one in found.values()) or 1
    nobody = AtRisk("", "", members=0, leaving=0.0, clv=Decimal(0))
    shown = [(step, found.get(step, nobody)) for step in range(TENTHS if found else 0)]
    return Chart(
        chart_id="chart-risk",
        kind="heights",
        title=_("How likely members are to leave"),
        note=_("members by the probability of no order in the next %(days)d days")
        % {"days": HORIZON_DAYS},
        columns=(
            ChartColumn(_("Probability")),
            ChartColumn(_("Members"), "count"),
            ChartColumn(_("Share"), "percent"),
            ChartColumn(_("Lifetime value"), "money"),
        ),
        rows=tuple(
            (f"{step * 10} – {step * 10 + 10} %", one.members, one.members / total, one.clv)
            for step, one in shown
        ),
        links=tuple(_between(step) if one.members else "" for step, one in shown),
        currency=desk.currency,
        file=f"risk-{desk.as_of}",
    )


def _between(step: int) -> str:
    return members_url(risk_min=f"0.{step}", risk_max=f"0.{step + 1}" if step + 1 < TENTHS else "")
