"""Member 360: the page, its timeline, the lines of an order, and the reveal of an identifier."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from regulars.apps.accounts.queries import visible_member
from regulars.apps.accounts.types import Capability
from regulars.apps.members.queries import identifiers_of, member_records
from regulars.apps.members.services import reveal as vault_door
from regulars.base.errors import NotVisibleError
from regulars.console.contexts.member.card import profile_card
from regulars.console.contexts.member.page import favourite_categories, member_360, timeline
from regulars.console.desk import Desk, page
from regulars.console.figures.member import order_lines
from regulars.console.views.members import page_number

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@never_cache
@page(Capability.SEE_MEMBERS)
def member(request: HttpRequest, desk: Desk, member_id: str) -> HttpResponse:
    """Show one member; an id that was merged into another leads to the one that stands for it."""
    try:
        visible_member(desk.lake, member_id)
    except NotVisibleError:
        record = member_records([member_id]).get(member_id)
        if record is None or record.merged_into is None:
            raise
        visible_member(desk.lake, record.merged_into)
        return redirect("console:member", member_id=record.merged_into)
    kind = request.GET.get("kind", "")
    found = member_360(desk, member_id, kind=kind, page=page_number(request))
    return render(request, "console/member/member.html", {"member": found})


@page(Capability.SEE_MEMBERS)
def member_timeline(request: HttpRequest, desk: Desk, member_id: str) -> HttpResponse:
    """Show another kind, or the next page, of the timeline."""
    visible_member(desk.lake, member_id)
    found = timeline(desk, member_id, kind=request.GET.get("kind", ""), page=page_number(request))
    more = page_number(request) > 1
    template = "console/member/timeline_entries.html" if more else "console/member/timeline.html"
    return render(request, template, {"timeline": found, "member_id": member_id})


@page(Capability.SEE_MEMBERS)
def member_categories(request: HttpRequest, desk: Desk, member_id: str) -> HttpResponse:
    """Show the member's favourite categories."""
    visible_member(desk.lake, member_id)
    chart = favourite_categories(desk, member_id)
    return render(request, "console/parts/preference.html", {"chart": chart})


@page(Capability.SEE_MEMBERS)
def member_card(request: HttpRequest, desk: Desk, member_id: str) -> HttpResponse:
    """Show the member's profile card."""
    visible_member(desk.lake, member_id)
    card = profile_card(desk, member_id)
    return render(request, "console/member/card.html", {"card": card})


@page(Capability.SEE_MEMBERS)
def member_order(request: HttpRequest, desk: Desk, member_id: str) -> HttpResponse:
    """Show the lines of the member's order whose id is in ``?order=``."""
    visible_member(desk.lake, member_id)
    lines = order_lines(desk, member_id, request.GET.get("order", ""))
    if not lines:
        raise NotVisibleError("the member has no such order", fix="Go back to the member")
    return render(request, "console/member/order.html", {"lines": lines})


@require_POST
@never_cache
@page(Capability.REVEAL_IDENTIFIER)
def reveal(request: HttpRequest, desk: Desk, member_id: str, identifier_id: int) -> HttpResponse:
    """Show one identifier in the clear; the audit trail says who looked at whose."""
    visible_member(desk.lake, member_id)
    mine = identifiers_of([member_id]).get(member_id, ())
    if identifier_id not in {one.identifier_id for one in mine}:
        raise NotVisibleError("the member has no such identifier", fix="Go back to the member")
    plaintext = vault_door.reveal(desk.actor, desk.lake, identifier_id=identifier_id)
    return render(request, "console/member/revealed.html", {"plaintext": plaintext})
