"""The overview."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import render

from regulars.apps.accounts.types import Capability
from regulars.console.contexts.overview import overview as overview_context
from regulars.console.desk import Desk, page
from regulars.console.figures.digests import digest

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@page(Capability.SEE_MEMBERS)
def overview(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Show how the business and its members stand."""
    context = {
        "overview": overview_context(desk),
        "figures": digest(desk),
        "can_load": desk.actor.may(Capability.LOAD_DATA),
    }
    return render(request, "console/overview.html", context)
