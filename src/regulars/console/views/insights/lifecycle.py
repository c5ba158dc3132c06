"""The lifecycle page of Insights."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import render

from regulars.apps.accounts.types import Capability
from regulars.console.contexts.insights.lifecycle import lifecycle_page
from regulars.console.contexts.insights.tabs import tabs
from regulars.console.desk import Desk, page

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@page(Capability.SEE_MEMBERS)
def lifecycle(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Show the mix of stages over time, and who changed in the last ``?months=``."""
    text = request.GET.get("months", "")
    months = int(text) if text.isascii() and text.isdigit() and len(text) < 3 else 0
    context = {
        "found": lifecycle_page(desk, months=months),
        "tabs": tabs("insights_lifecycle", desk),
        "can_refresh": desk.actor.may(Capability.SEE_DATA),
    }
    return render(request, "console/insights/lifecycle.html", context)
