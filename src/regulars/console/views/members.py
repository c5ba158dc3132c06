"""The members page, the search of the top bar, and the export."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from regulars.apps.accounts.services import audit
from regulars.apps.accounts.services.access import require
from regulars.apps.accounts.types import Action, Capability
from regulars.console.contexts.addresses import members_url
from regulars.console.contexts.lookup import look_up
from regulars.console.contexts.member_export import csv_lines
from regulars.console.contexts.members import members_context
from regulars.console.desk import Desk, page
from regulars.console.figures.member_filters import MEMBER_ID, read_filter, recorded
from regulars.console.figures.people import Beside

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

LIST_ID = "member-list"
SEARCH_MAX = 120
PAGE_DIGITS_MAX = 6


@page(Capability.SEE_MEMBERS)
def members(request: HttpRequest, desk: Desk) -> HttpResponse:
    """List the members that match; htmx asks for the list alone while filters change."""
    wanted, unread = read_filter(request.GET)
    found = members_context(desk, wanted, unread, page_number(request), _beside(request))
    part = request.headers.get("HX-Target") == LIST_ID
    template = "console/members/list.html" if part else "console/members/members.html"
    response = render(request, template, {"found": found})
    # The browser's back button must not show the bare list that stood under the same address.
    response.headers["Vary"] = "HX-Request, Cookie"
    return response


@require_POST
@sensitive_post_parameters("q")
@page(Capability.SEE_MEMBERS)
def find(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Answer the top bar's search: straight to the member when there is exactly one.

    A POST, so that a phone or card number never stands in an address.
    """
    found = look_up(desk, request.POST.get("q", "")[:SEARCH_MAX])
    if len(found) == 1:
        return redirect("console:member", member_id=found[0])
    if found:
        return redirect(members_url(ids=",".join(found)))
    messages.warning(
        request,
        _(
            "Nobody in your data scope has exactly this phone, card number or member id. "
            "Type the whole number, or at least the first four letters of a member id."
        ),
    )
    return redirect("console:members")


@require_POST
@page(Capability.SEE_MEMBERS)
def export(request: HttpRequest, desk: Desk) -> StreamingHttpResponse | HttpResponse:
    """Stream the members that match as CSV; needs the capability and leaves a line in the trail."""
    require(desk.actor, Capability.EXPORT)
    wanted, unread = read_filter(request.GET)
    if unread:
        return redirect(members_url(**request.GET.dict()))
    audit.record(
        desk.actor,
        Action.EXPORT,
        object_kind="members",
        detail={
            "format": "csv",
            "as_of": desk.as_of.isoformat(),
            "conditions": recorded(wanted, desk.currency),
        },
    )
    response = StreamingHttpResponse(
        csv_lines(desk, wanted), content_type="text/csv; charset=utf-8"
    )
    name = f"members-{desk.as_of:%Y-%m-%d}.csv"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def page_number(request: HttpRequest) -> int:
    """Return the page asked for, from 1."""
    text = request.GET.get("page", "1")
    # Python refuses to read a number of thousands of digits; nobody asks for such a page.
    if text.isascii() and text.isdigit() and len(text) <= PAGE_DIGITS_MAX:
        return max(1, int(text))
    return 1


def _beside(request: HttpRequest) -> Beside | None:
    """Return the neighbour that a link to the next or previous page names."""
    for name, back in (("after", False), ("before", True)):
        text = request.GET.get(name, "")
        if MEMBER_ID.fullmatch(text):
            return Beside(text, back=back)
    return None
