"""The models page: what a model learned from, how good it is, and whether members have moved."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from regulars.console.contexts import wording
from regulars.console.contexts.charts import Chart, ChartColumn
from regulars.console.contexts.insights.price import PricePart, price_part
from regulars.console.contexts.insights.rfm import Fact
from regulars.console.contexts.tags.wording import told
from regulars.console.figures.insights.models import KeptFit, churn_drift, churn_model, kept_fits
from regulars.science.learned.churn import FIELDS

if TYPE_CHECKING:
    from django.utils.functional import Promise

    from regulars.console.desk import Desk
    from regulars.science.learned.churn import ChurnModel

MODELS: dict[str, Promise] = {
    "churn": gettext_lazy("Churn risk"),
    "preferences": gettext_lazy("Preferences"),
    "value": gettext_lazy("Customer lifetime value"),
    "price_sensitivity": gettext_lazy("Price sensitivity"),
}
_DRIFT_LINES_MAX = 12
_MOVED, _MUCH = 0.1, 0.25


@dataclass(frozen=True, slots=True)
class Compared:
    """One figure of the model beside recency alone; ``better`` says whether it wins."""

    label: str
    note: str
    model: str
    baseline: str
    better: bool


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the past: what it was used for."""

    use: str
    days: str
    members: str


@dataclass(frozen=True, slots=True)
class Moved:
    """How far one field has moved; ``level`` is steady, moved or much."""

    label: str
    index: str
    level: str
    word: str


@dataclass(frozen=True, slots=True)
class FitLine:
    """One kept fit, in words."""

    model: str
    fit: KeptFit


@dataclass(frozen=True, slots=True)
class ModelsPage:
    """Everything on the page; ``facts`` are empty while no churn model was fitted."""

    facts: tuple[Fact, ...]
    compared: tuple[Compared, ...]
    calibration: Chart | None
    parts: tuple[Part, ...]
    drift: tuple[Moved, ...]
    price: PricePart | None
    fits: tuple[FitLine, ...]
    reason: str


def models_page(desk: Desk) -> ModelsPage:
    """Put the page together."""
    fits = kept_fits(desk)
    model = churn_model(desk)
    failed = next((fit.error for fit in fits if fit.model == "churn" and fit.error), "")
    return ModelsPage(
        facts=_facts(model) if model else (),
        compared=_compared(model) if model else (),
        calibration=_calibration(desk, model) if model else None,
        parts=_parts(model) if model else (),
        drift=_drift(desk, model) if model else (),
        price=price_part(desk),
        fits=tuple(FitLine(wording.term(MODELS, fit.model), fit) for fit in fits),
        reason=failed,
    )


def _facts(model: ChurnModel) -> tuple[Fact, ...]:
    report = model.report
    return (
        Fact(_("As of"), f"{model.as_of:%Y-%m-%d}", model.version),
        Fact(
            _("Horizon"),
            _("%(days)d days") % {"days": model.horizon_days},
            _("without an order count as leaving"),
        ),
        Fact(
            _("Learned from"),
            wording.count(report.trained_on),
            _("members at %(count)d dates") % {"count": len(model.cuts["train"])},
        ),
        Fact(
            _("Judged on"),
            wording.count(report.model.members),
            _("members it had not seen"),
        ),
        Fact(_("Left"), wording.percent(report.model.share), _("of those it was judged on")),
    )


def _compared(model: ChurnModel) -> tuple[Compared, ...]:
    ours, plain = model.report.model, model.report.baseline
    rows = (
        (_("AUC"), _("how often the right one of two is told the higher risk; chance is 0.5"),
         ours.auc, plain.auc, ours.auc > plain.auc),
        (_("Brier score"), _("mean squared distance of probability and outcome; 0 is best"),
         ours.brier, plain.brier, ours.brier < plain.brier),
        (_("Calibration error"), _("mean distance between what is told and what comes; 0 is best"),
         ours.calibration_error, plain.calibration_error,
         ours.calibration_error < plain.calibration_error),
    )  # fmt: skip
    return tuple(
        Compared(label, note, f"{mine:.3f}", f"{theirs:.3f}", better)
        for label, note, mine, theirs, better in rows
    )


def _calibration(desk: Desk, model: ChurnModel) -> Chart:
    groups = model.report.reliability
    return Chart(
        chart_id="chart-calibration",
        kind="calibration",
        title=_("Does 30 % mean 30 %?"),
        note=_("ten groups of members by what they were told; on the line it came true"),
        columns=(
            ChartColumn(_("Group")),
            ChartColumn(_("Told"), "percent"),
            ChartColumn(_("Left"), "percent"),
            ChartColumn(_("Members"), "count"),
        ),
        rows=tuple(
            (_("Group %(number)d") % {"number": number}, told, left, members)
            for number, (members, told, left) in enumerate(groups, start=1)
        ),
        currency=desk.currency,
        file=f"churn-calibration-{model.version}",
        extra={"axes": {"told": _("Told"), "left": _("Left")}},
    )


def _parts(model: ChurnModel) -> tuple[Part, ...]:
    report = model.report
    half = report.calibrated_on
    return (
        Part(_("teaches"), _days(model, "train"), wording.count(report.trained_on)),
        Part(_("says when to stop"), _days(model, "stop"), wording.count(report.stopped_on)),
        Part(_("calibrates"), _days(model, "judge"), wording.count(half)),
        Part(_("judges"), _days(model, "judge"), wording.count(report.model.members)),
    )


def _days(model: ChurnModel, part: str) -> str:
    return ", ".join(f"{day:%Y-%m-%d}" for day in sorted(model.cuts[part]))


def _drift(desk: Desk, model: ChurnModel) -> tuple[Moved, ...]:
    found = churn_drift(desk, model)
    labels = {field.name: told(field.chinese, field.english) for field in FIELDS}
    labels["p_churn"] = _("the answers themselves")
    answers = [name for name in found if name == "p_churn"]
    others = sorted((name for name in found if name != "p_churn"), key=lambda one: -found[one])
    return tuple(
        _moved(labels[name], found[name]) for name in [*answers, *others][:_DRIFT_LINES_MAX]
    )


def _moved(label: str, index: float) -> Moved:
    if index > _MUCH:
        return Moved(label, f"{index:.2f}", "much", _("moved much"))
    if index > _MOVED:
        return Moved(label, f"{index:.2f}", "moved", _("moved"))
    return Moved(label, f"{index:.2f}", "steady", _("steady"))
