"""The risk page of Insights."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import render

from regulars.apps.accounts.types import Capability
from regulars.console.contexts.insights.risk.page import risk_page
from regulars.console.contexts.insights.tabs import sees_models, tabs
from regulars.console.desk import Desk, page

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@page(Capability.SEE_MEMBERS)
def risk(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Show who may leave and what they are worth; why, and what to do, of those at ``?risk=``."""
    context = {
        "found": risk_page(desk, band=request.GET.get("risk", "")),
        "tabs": tabs("insights_risk", desk),
        "sees_models": sees_models(desk),
        "can_refresh": desk.actor.may(Capability.SEE_DATA),
    }
    return render(request, "console/insights/risk.html", context)
