"""The row of tabs on every Insights page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from regulars.apps.accounts.types import Capability

if TYPE_CHECKING:
    from regulars.console.desk import Desk

# Address and name, in the order of the row; Insights itself leads to the first.
TABS = (
    ("insights_rfm", _("RFM")),
    ("insights_lifecycle", _("Lifecycle")),
    ("insights_value", _("Value")),
    ("insights_risk", _("Risk")),
    ("insights_alerts", _("Alerts")),
    ("insights_lookalike", _("Look-alikes")),
    ("insights_models", _("Models")),
)


@dataclass(frozen=True, slots=True)
class Tab:
    """One page of Insights."""

    label: str
    url: str
    active: bool


def tabs(active: str, desk: Desk) -> tuple[Tab, ...]:
    """Return the pages the reader may see, the one whose address is called ``active`` marked."""
    return tuple(
        Tab(label=str(label), url=reverse(f"console:{name}"), active=name == active)
        for name, label in TABS
        if _OPEN.get(name, _to_all)(desk)
    )


def expands(desk: Desk) -> bool:
    """Whether the reader finds look-alikes, which is done among all members."""
    return desk.lake.scope.is_hq and desk.actor.may(Capability.EDIT_TAGS)


def sees_models(desk: Desk) -> bool:
    """Whether the reader sees how models were fitted, which is done on all members."""
    return desk.lake.scope.is_hq and desk.actor.may(Capability.SEE_DATA)


def _to_all(_desk: Desk) -> bool:
    return True


_OPEN = {"insights_lookalike": expands, "insights_models": sees_models}
