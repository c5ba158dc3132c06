"""Who is at risk: by what they are worth, by value group with its plays, and for which reasons."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from regulars.console.contexts import wording
from regulars.console.contexts.addresses import members_url
from regulars.console.contexts.charts import Chart, ChartColumn
from regulars.console.contexts.insights.matrix import Matrix, crossed
from regulars.console.contexts.insights.words import PLAYS, field_label
from regulars.console.figures.insights.risk import AtRisk, at_risk
from regulars.console.figures.member_filters import NO_WORTH
from regulars.science.learned.churn import BANDS
from regulars.science.monitors import PLAYS as LIBRARY
from regulars.science.rfm import ABSENT
from regulars.science.value import BANDS as WORTH

if TYPE_CHECKING:
    from regulars.console.desk import Desk

_REASONS_SHOWN = 8


@dataclass(frozen=True, slots=True)
class GroupAtRisk:
    """Members of one value group at a risk, and the plays for them, the first one first."""

    name: str
    members: int
    worth: str
    url: str
    plays: tuple[str, ...]


def value_matrix(desk: Desk) -> Matrix:
    """Return lifetime value (rows, high first) by risk (columns, high first)."""
    return crossed(
        {(one.other, one.code): one.members for one in at_risk(desk, "cell")},
        (*WORTH, ""),
        tuple(BANDS),
        name=lambda code: wording.term(wording.BANDS, code) if code else _("not computed"),
        address=lambda worth, risk: members_url(clv_band=worth or NO_WORTH, risk=risk),
    )


def groups_at_risk(desk: Desk, band: str) -> tuple[GroupAtRisk, ...]:
    """Return the value groups of members at such a risk, the greatest lifetime value first."""
    return tuple(
        GroupAtRisk(
            name=wording.term(wording.RFM_GROUPS, one.code or ABSENT),
            members=one.members,
            worth=wording.money(one.clv, desk.currency),
            url=members_url(risk=band, group=one.code or ABSENT),
            plays=tuple(str(PLAYS[play]) for play in LIBRARY.get(one.code, ())),
        )
        for one in sorted(_in(desk, "group", band), key=lambda one: -one.clv)
    )


def reason_chart(desk: Desk, band: str) -> Chart:
    """Return what raises the risk of members in a band, the most frequent first."""
    members = sum(one.members for one in _in(desk, "group", band)) or 1
    found = _in(desk, "reason", band)[:_REASONS_SHOWN]
    return Chart(
        chart_id="chart-reasons",
        kind="bars",
        title=_("Why"),
        note=_("what raises the answer most; up to three for each member"),
        columns=(
            ChartColumn(_("Reason")),
            ChartColumn(_("Members"), "count"),
            ChartColumn(_("Share"), "percent"),
        ),
        rows=tuple((field_label(one.code), one.members, one.members / members) for one in found),
        links=tuple(members_url(risk=band, risk_reason=one.code) for one in found),
        currency=desk.currency,
        file=f"risk-reasons-{band}-{desk.as_of}",
    )


def _in(desk: Desk, figure: str, band: str) -> tuple[AtRisk, ...]:
    return tuple(one for one in at_risk(desk, figure) if one.other == band)
