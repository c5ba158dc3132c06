"""Conditions that the Insights pages put to the members list, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from regulars.base.money import symbol
from regulars.console.contexts import wording
from regulars.console.contexts.insights.price import price_band
from regulars.console.contexts.insights.words import alert_title, field_label
from regulars.console.contexts.tags.wording import tag_chip
from regulars.console.figures.member_filters import NO_WORTH

if TYPE_CHECKING:
    from regulars.console.figures.member_filters import MemberFilter

# Conditions that mean something only together with another, and stand in its chip.
_WORTH = frozenset({"band", "clv_band", "clv_min", "clv_max", "stratum", "price"})
_RISK = frozenset({"risk", "risk_min", "risk_max", "risk_reason"})
_WITH = {
    "was_group": ("was_on",),
    "was_band": ("was_on",),
    "was_stage": ("was_on",),
    "flow": ("flow_from", "flow_to"),
    "alert": ("alerted_on", "alert_group"),
    "alike": ("alike_min",),
    "tag": ("tag_value",),
}


def told_with_another(name: str, wanted: MemberFilter) -> bool:
    """Whether a condition stands in the chip of another that was given too."""
    return any(name in others and getattr(wanted, main) for main, others in _WITH.items())


def goes_with(name: str) -> tuple[str, ...]:
    """Return the conditions that go when this one is taken away."""
    return _WITH.get(name, ())


def insight_chip(name: str, wanted: MemberFilter, currency: str) -> str:
    """Return the condition in words; '' when it is not one of these."""
    if name == "cell":
        bands = ", ".join(wording.term(wording.BANDS, band) for band in wanted.cell.split("-"))
        return _("recency, frequency, monetary: %(value)s") % {"value": bands}
    if name in _WORTH or name in _RISK:
        return _worth(name, wanted, currency) if name in _WORTH else _risk(name, wanted)
    if name.startswith(("was_", "alike", "tag")):
        return _found_or_stood(name, wanted)
    if name == "flow":
        before, after = (
            wording.term(wording.LIFECYCLE_STAGES, one) for one in wanted.flow.split("-")
        )
        days = f"{wanted.flow_from or ''} – {wanted.flow_to or ''}"
        return _("%(before)s → %(after)s, %(days)s") % {
            "before": before,
            "after": after,
            "days": days,
        }
    if name in {"alert", "alerted_on", "alert_group"}:
        return _alert(wanted)
    return "–".join(
        str(one) for one in (wanted.flow_from, wanted.flow_to) if one and "flow" in name
    )


def _worth(name: str, wanted: MemberFilter, currency: str) -> str:
    words = {
        "band": _("value: %(value)s"),
        "clv_band": _("lifetime value: %(value)s"),
        "clv_min": _("lifetime value at least %(value)s"),
        "clv_max": _("lifetime value below %(value)s"),
        "stratum": _("stratum: %(value)s"),
        "price": _("price sensitivity: %(value)s"),
    }
    values = {
        "band": wording.term(wording.BANDS, wanted.band),
        "clv_band": _("not computed")
        if wanted.clv_band == NO_WORTH
        else wording.term(wording.BANDS, wanted.clv_band),
        "clv_min": f"{symbol(currency)}{wanted.clv_min or 0:,}",
        "clv_max": f"{symbol(currency)}{wanted.clv_max or 0:,}",
        "stratum": wording.term(wording.STRATA, wanted.stratum),
        "price": price_band(wanted.price) if wanted.price else "",
    }
    return words[name] % {"value": values[name]}


def _risk(name: str, wanted: MemberFilter) -> str:
    words = {
        "risk": _("risk of leaving: %(value)s"),
        "risk_min": _("risk of leaving at least %(value)s"),
        "risk_max": _("risk of leaving below %(value)s"),
        "risk_reason": _("at risk by: %(value)s"),
    }
    values = {
        "risk": wording.term(wording.BANDS, wanted.risk),
        "risk_min": wording.percent(wanted.risk_min, 0),
        "risk_max": wording.percent(wanted.risk_max, 0),
        "risk_reason": field_label(wanted.risk_reason),
    }
    return words[name] % {"value": values[name]}


def _found_or_stood(name: str, wanted: MemberFilter) -> str:
    if name.startswith("tag"):
        return tag_chip(wanted.tag, wanted.tag_value)
    if name.startswith("alike"):
        said = {"run": wanted.alike, "similarity": wanted.alike_min or 0}
        return _("look-alikes %(run)s, at least %(similarity)s alike") % said
    return _("on %(day)s: %(value)s") % {"day": wanted.was_on, "value": _place(name, wanted)}


def _place(name: str, wanted: MemberFilter) -> str:
    words = {
        "was_group": wording.RFM_GROUPS,
        "was_band": wording.BANDS,
        "was_stage": wording.LIFECYCLE_STAGES,
    }
    return wording.term(words[name], getattr(wanted, name)) if name in words else ""


def _alert(wanted: MemberFilter) -> str:
    parts = [
        alert_title(*wanted.alert.split("-")) if wanted.alert else _("alerts"),
        wording.term(wording.RFM_GROUPS, wanted.alert_group) if wanted.alert_group else "",
        str(wanted.alerted_on or ""),
    ]
    return " · ".join(part for part in parts if part)
