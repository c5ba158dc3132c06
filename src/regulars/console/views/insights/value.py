"""The value page of Insights, and the value panel of one member."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import render

from regulars.apps.accounts.queries import visible_member
from regulars.apps.accounts.types import Capability
from regulars.console.contexts.insights.price import price_told
from regulars.console.contexts.insights.tabs import tabs
from regulars.console.contexts.insights.value import value_page
from regulars.console.desk import Desk, page
from regulars.console.figures.insights.worth import member_worth

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@page(Capability.SEE_MEMBERS)
def value(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Show lifetime value, strata and how well the models foretold."""
    context = {
        "found": value_page(desk),
        "tabs": tabs("insights_value", desk),
        "can_refresh": desk.actor.may(Capability.SEE_DATA),
    }
    return render(request, "console/insights/value.html", context)


@page(Capability.SEE_MEMBERS)
def member_value(request: HttpRequest, desk: Desk, member_id: str) -> HttpResponse:
    """Show what one member is worth and when the next order is due."""
    visible_member(desk.lake, member_id)
    worth = member_worth(desk, member_id)
    context = {"worth": worth, "price": price_told(worth)}
    return render(request, "console/member/value.html", context)
