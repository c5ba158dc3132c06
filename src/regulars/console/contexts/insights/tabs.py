"""The row of tabs on every Insights page."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

# Address and name, in the order of the row; Insights itself leads to the first.
TABS = (
    ("insights_rfm", _("RFM")),
    ("insights_lifecycle", _("Lifecycle")),
    ("insights_alerts", _("Alerts")),
)


@dataclass(frozen=True, slots=True)
class Tab:
    """One page of Insights."""

    label: str
    url: str
    active: bool


def tabs(active: str) -> tuple[Tab, ...]:
    """Return the pages of Insights, the one whose address is called ``active`` marked."""
    return tuple(
        Tab(label=str(label), url=reverse(f"console:{name}"), active=name == active)
        for name, label in TABS
    )
