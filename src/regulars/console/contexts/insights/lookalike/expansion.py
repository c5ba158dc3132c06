"""One expansion: how good it is, how many are how alike, and what tells the seed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from regulars.apps.accounts.types import Capability
from regulars.apps.audiences.queries import expansion
from regulars.apps.audiences.types import AUC_TRUSTED, Expansion, ExpansionReport
from regulars.console.contexts import wording
from regulars.console.contexts.addresses import members_url
from regulars.console.contexts.charts import Chart, ChartColumn
from regulars.console.contexts.insights.lookalike.words import told_traits
from regulars.console.contexts.insights.rfm import Fact

if TYPE_CHECKING:
    from regulars.console.desk import Desk

_BAR = 5
_SIZE_MIN = 20


@dataclass(frozen=True, slots=True)
class ExpansionPage:
    """Everything on the page; without a report there is nothing but the state."""

    expansion: Expansion
    facts: tuple[Fact, ...]
    chart: Chart
    traits: tuple[tuple[str, str], ...]
    left_out: tuple[str, ...]
    start: int
    start_members: str
    slider: dict[str, object]
    code: str
    auc: str
    trusted_from: str
    may_export: bool


def expansion_page(desk: Desk, run_id: str) -> ExpansionPage:
    """Put the page together."""
    found = expansion(run_id)
    report, start = found.report, _start(found)
    return ExpansionPage(
        expansion=found,
        facts=_facts(report) if report else (),
        chart=_chart(desk, found),
        traits=told_traits(report.traits) if report else (),
        left_out=report.left_out if report else (),
        start=start,
        start_members=wording.count(found.counts[start]) if found.counts else "",
        slider={"counts": list(found.counts), "address": members_url(alike=run_id)},
        code=f"like_{run_id[1:9]}",
        auc=f"{report.auc:.2f}" if report else "",
        trusted_from=f"{AUC_TRUSTED:.1f}",
        may_export=desk.actor.may(Capability.EXPORT),
    )


def _start(found: Expansion) -> int:
    """Return the similarity at which about as many are found as the seed has."""
    wanted = max(_SIZE_MIN, found.report.seed if found.report else 0)
    high = [step for step, members in enumerate(found.counts) if members >= wanted]
    return high[-1] if high else 0


def _facts(report: ExpansionReport) -> tuple[Fact, ...]:
    return (
        Fact(
            _("Quality (AUC)"),
            f"{report.auc:.2f}",
            _("a random order has 0.50 ± %(error)s") % {"error": f"{report.auc_random_error:.2f}"},
        ),
        Fact(
            _("Seed"),
            wording.count(report.seed),
            _("members; %(kept)s kept apart for the test, %(unknown)s not known")
            % {"kept": wording.count(report.seed_kept), "unknown": wording.count(report.unknown)},
        ),
        Fact(_("Searched"), wording.count(report.others), _("other members")),
        Fact(
            _("Left out"),
            wording.count(report.refused),
            _("who refused, or whom the rule excludes; %(seed)s of them in the seed")
            % {"seed": wording.count(report.seed_refused)},
        ),
    )


def _chart(desk: Desk, found: Expansion) -> Chart:
    steps = range(0, len(found.counts), _BAR)
    seed = found.report.seed if found.report else 0
    return Chart(
        chart_id="chart-alike",
        kind="heights",
        title=_("How many are how alike"),
        note=_("members at least so alike; 70 is more typical than 70 % of the seed itself"),
        columns=(
            ChartColumn(_("Similarity")),
            ChartColumn(_("Members"), "count"),
            ChartColumn(_("Of the seed's size"), "percent"),
        ),
        rows=tuple(
            (f"≥ {step}", found.counts[step], found.counts[step] / seed if seed else None)
            for step in steps
        ),
        links=tuple(
            members_url(alike=found.run_id, alike_min=step) if found.counts[step] else ""
            for step in steps
        ),
        currency=desk.currency,
        file=f"look-alikes-{found.run_id}",
    )
