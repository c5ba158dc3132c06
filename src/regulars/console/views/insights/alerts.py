"""The alerts page of Insights."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import render

from regulars.apps.accounts.types import Capability
from regulars.console.contexts.insights.alerts import alerts_page
from regulars.console.contexts.insights.tabs import tabs
from regulars.console.desk import Desk, page
from regulars.console.views.insights.rfm import day_asked

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@page(Capability.SEE_MEMBERS)
def alerts(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Show who crossed which line at ``?alerted_on=``, or when it last happened."""
    found = alerts_page(desk, wanted=day_asked(request, "alerted_on"))
    context = {"found": found, "tabs": tabs("insights_alerts", desk)}
    return render(request, "console/insights/alerts.html", context)
