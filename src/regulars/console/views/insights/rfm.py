"""The RFM explorer, and the way into Insights."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.shortcuts import redirect, render

from regulars.apps.accounts.types import Capability
from regulars.console.contexts.insights.rfm import rfm_page
from regulars.console.contexts.insights.tabs import TABS, tabs
from regulars.console.desk import Desk, page

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@page(Capability.SEE_MEMBERS)
def insights(_request: HttpRequest, _desk: Desk) -> HttpResponse:
    """Lead to the first tab."""
    return redirect(f"console:{TABS[0][0]}")


@page(Capability.SEE_MEMBERS)
def rfm(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Show groups, cube and bands, and who moved since ``?compared=``, followed ``?by=``."""
    found = rfm_page(desk, compared=day_asked(request, "compared"), by=request.GET.get("by", ""))
    context = {
        "found": found,
        "moves": found.moves,
        "tabs": tabs("insights_rfm", desk),
        "can_refresh": desk.actor.may(Capability.SEE_DATA),
    }
    return render(request, "console/insights/rfm.html", context)


def day_asked(request: HttpRequest, name: str) -> date | None:
    """Return the date in a parameter of the address, if there is one."""
    try:
        return date.fromisoformat(request.GET.get(name, ""))
    except ValueError:
        return None
