"""The models page of Insights, for headquarters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import render

from regulars.apps.accounts.types import Capability
from regulars.base.errors import NotVisibleError
from regulars.console.contexts.insights.models import models_page
from regulars.console.contexts.insights.tabs import sees_models, tabs
from regulars.console.desk import Desk, page

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@page(Capability.SEE_DATA)
def models(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Show what the models learned from, how good they are, and whether members have moved."""
    if not sees_models(desk):
        raise NotVisibleError("models are fitted on all members")
    context = {"found": models_page(desk), "tabs": tabs("insights_models", desk)}
    return render(request, "console/insights/models.html", context)
