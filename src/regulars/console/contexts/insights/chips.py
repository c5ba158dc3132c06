"""Conditions that the Insights pages put to the members list, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from regulars.console.contexts import wording

if TYPE_CHECKING:
    from regulars.console.figures.member_filters import MemberFilter

# Conditions that mean something only together with another, and stand in its chip.
TOLD_WITH_ANOTHER = frozenset({"was_on"})


def goes_with(name: str) -> frozenset[str]:
    """Return the conditions that go when this one is taken away."""
    return frozenset({"was_on"}) if name.startswith("was_") else frozenset()


def insight_chip(name: str, wanted: MemberFilter) -> str:
    """Return the condition in words; '' when it is not one of these."""
    if name == "cell":
        bands = ", ".join(wording.term(wording.BANDS, band) for band in wanted.cell.split("-"))
        return _("recency, frequency, monetary: %(value)s") % {"value": bands}
    if name == "band":
        return _("value: %(value)s") % {"value": wording.term(wording.BANDS, wanted.band)}
    if name.startswith("was_"):
        places = {
            "was_group": lambda: wording.term(wording.RFM_GROUPS, wanted.was_group),
            "was_band": lambda: wording.term(wording.BANDS, wanted.was_band),
            "was_stage": lambda: wording.stage_before(wanted.was_stage),
        }
        return _("on %(day)s: %(value)s") % {"day": wanted.was_on, "value": places[name]()}
    return ""
