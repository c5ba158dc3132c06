"""What alerts and plays are called."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from regulars.science.learned.churn import FIELDS
from regulars.science.monitors import WatchOptions

ALERTS: dict[tuple[str, str], tuple[Promise, Promise]] = {
    ("rfm_group", "down"): (
        _("Downgraded"),
        _("worse in recency, frequency or money, and better in none; or no order in the window"),
    ),
    ("rfm_group", "up"): (
        _("Promoted"),
        _("better in recency, frequency or money, and worse in none"),
    ),
    ("value_band", "down"): (_("Value band down"), _("high, medium or low by the three scores")),
    ("value_band", "up"): (_("Value band up"), _("high, medium or low by the three scores")),
    ("lifecycle_stage", "down"): (_("Fell asleep or lost"), _("became dormant or churned")),
    ("lifecycle_stage", "up"): (_("Came back"), _("ordered again after sleeping")),
    ("churn_risk", "down"): (_("At risk of leaving"), _("no order for more than %(days)d days")),
    ("p_alive", "down"): (
        _("Probably left"),
        _("their orders make it more likely than not that they will not come again"),
    ),
    ("clv_band", "down"): (_("Lifetime value down"), _("high, medium or low expected value")),
    ("clv_band", "up"): (_("Lifetime value up"), _("high, medium or low expected value")),
}
PLAYS: dict[str, Promise] = {
    "exclusive_benefits": _("Exclusive benefits for VIPs"),
    "season_launch": _("Spring and autumn novelties"),
    "regular_offers": _("Regular price offers"),
    "points_frequency": _("Points exchange that brings VIPs more often"),
    "launch_event": _("Launch event"),
    "personal_picks": _("Personal recommendations"),
    "low_price_new": _("Low-priced novelties"),
}


def alert_title(monitor: str, direction: str) -> str:
    """Return what happened, in a word or two."""
    title, _why = ALERTS[monitor, direction]
    return str(title)


def alert_reason(monitor: str, direction: str) -> str:
    """Return what that means."""
    _title, why = ALERTS[monitor, direction]
    return str(why) % {"days": WatchOptions().risk_days}


def field_label(name: str) -> str:
    """Return what staff call a field that a churn model reads; '' when it reads no such field."""
    chinese = (get_language() or "").startswith("zh")
    found = (one.chinese if chinese else one.english for one in FIELDS if one.name == name)
    return next(found, "")
