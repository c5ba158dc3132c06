"""Price sensitivity in words: on the models page, and of one member."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from regulars.console.contexts import wording
from regulars.console.contexts.addresses import members_url
from regulars.console.contexts.charts import Chart, ChartColumn
from regulars.console.contexts.insights.rfm import Fact
from regulars.console.figures.insights.price import PriceModel, price_bands, price_model
from regulars.science.learned.price_sensitivity import BANDS, PriceReport, reason

if TYPE_CHECKING:
    from regulars.console.desk import Desk
    from regulars.console.figures.insights.worth import MemberWorth


@dataclass(frozen=True, slots=True)
class Beside:
    """One figure of the model beside the average discount share; ``better``: it wins."""

    label: str
    model: str
    baseline: str
    better: bool


@dataclass(frozen=True, slots=True)
class PricePart:
    """What the models page says of price sensitivity."""

    facts: tuple[Fact, ...]
    compared: tuple[Beside, ...]
    bands: Chart


def price_part(desk: Desk) -> PricePart | None:
    """Return the part, or None while nothing was fitted."""
    model = price_model(desk)
    if model is None:
        return None
    return PricePart(_facts(model), _compared(model.report) if model.report else (), _bands(desk))


def price_told(worth: MemberWorth) -> tuple[str, str]:
    """Return a member's band of price sensitivity and its reason; '' when none was computed."""
    if not worth.price_band or not worth.price_reason:
        return "", ""
    told = reason(
        worth.price_reason,
        choices=worth.price_choices or 0,
        taken=worth.discount_taken or 0.0,
        expected=worth.discount_expected or 0.0,
        language="zh" if _chinese() else "en",
    )
    return price_band(worth.price_band), told


def _facts(model: PriceModel) -> tuple[Fact, ...]:
    report = model.report
    facts = [
        Fact(_("As of"), f"{model.as_of:%Y-%m-%d}", model.version),
        Fact(_("Learned from"), wording.count(model.lines), _("order lines with a choice")),
        Fact(
            _("If a price falls by 1 %"),
            f"+{model.overall:.1f}%",
            _("odds that the brand is chosen; members differ by ± %(spread)s")
            % {"spread": f"{model.spread:.1f}"},
        ),
    ]
    if report:
        facts.append(
            Fact(
                _("Judged on"),
                wording.count(report.choices),
                _("choices of %(members)s members from %(day)s on, which it had not seen")
                % {"members": wording.count(report.members), "day": report.held_from},
            )
        )
    return tuple(facts)


def _compared(report: PriceReport) -> tuple[Beside, ...]:
    pairs = (
        (_("Cheaper choices than everybody's, AUC"), report.choice_auc, report.choice_auc_baseline),
        (_("Coupons used, AUC"), report.coupon_auc, report.coupon_auc_baseline),
    )
    return tuple(
        Beside(label, f"{mine:.3f}", f"{plain:.3f}", mine > plain)
        for label, mine, plain in pairs
        if mine is not None and plain is not None
    )


def _bands(desk: Desk) -> Chart:
    found = price_bands(desk)
    total = sum(found.values()) or 1
    return Chart(
        chart_id="chart-price",
        kind="bars",
        title=_("Members by price sensitivity"),
        columns=(
            ChartColumn(_("Price sensitivity")),
            ChartColumn(_("Members"), "count"),
            ChartColumn(_("Share"), "percent"),
        ),
        rows=tuple(
            (price_band(band), found[band], found[band] / total) for band in BANDS if band in found
        ),
        links=tuple(members_url(price=band) for band in BANDS if band in found),
        currency=desk.currency,
        file=f"price-sensitivity-{desk.as_of}",
    )


def price_band(code: str) -> str:
    """Return what the band is called."""
    return BANDS[code][_chinese()] if code in BANDS else code


def _chinese() -> bool:
    return (get_language() or "").startswith("zh")
