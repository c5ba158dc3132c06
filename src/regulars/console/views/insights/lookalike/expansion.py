"""One expansion: how many are how alike, and what is done with them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib import messages
from django.http import StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from regulars.apps.accounts.types import Capability
from regulars.apps.audiences.services import hashed_lines, keep_as_tag
from regulars.base.errors import NotVisibleError, RuleError
from regulars.console.background.tag_jobs import start_tags
from regulars.console.contexts.insights.lookalike.expansion import expansion_page
from regulars.console.contexts.insights.tabs import expands, tabs
from regulars.console.desk import Desk, lake_at, page

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

STEP_MAX = 100


@page(Capability.EDIT_TAGS)
def expansion(request: HttpRequest, desk: Desk, run_id: str) -> HttpResponse:
    """Show what was found, or how far it is."""
    if not expands(desk):
        raise NotVisibleError("look-alikes are found among all members")
    context = {
        "found": expansion_page(desk, run_id),
        "tabs": tabs("insights_lookalike", desk),
    }
    return render(request, "console/lookalike/expansion.html", context)


@require_POST
@page(Capability.EDIT_TAGS)
def keep(request: HttpRequest, desk: Desk, run_id: str) -> HttpResponse:
    """Keep those at least so alike as a tag."""
    code = request.POST.get("code", "").strip()
    try:
        members = keep_as_tag(
            desk.actor,
            lake_at(settings.REGULARS_LAKE),
            run_id,
            code=code,
            similarity_min=_similarity(request),
        )
    except RuleError as error:
        messages.error(request, str(error))
        return redirect("console:insights_expansion", run_id=run_id)
    start_tags()
    said = ngettext(
        "%(count)d member gets the tag %(code)s with the next refresh of the tags.",
        "%(count)d members get the tag %(code)s with the next refresh of the tags.",
        members,
    )
    messages.success(request, said % {"count": members, "code": code})
    return redirect("console:tag", code=code)


@require_POST
@page(Capability.EXPORT)
def export(request: HttpRequest, desk: Desk, run_id: str) -> HttpResponse | StreamingHttpResponse:
    """Stream those at least so alike as hashes; leaves a line in the trail."""
    lake = lake_at(settings.REGULARS_LAKE)
    try:
        lines = hashed_lines(desk.actor, lake, run_id, similarity_min=_similarity(request))
    except RuleError as error:
        messages.error(request, str(error))
        return redirect("console:insights_expansion", run_id=run_id)
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="look-alikes-{run_id}.csv"'
    return response


def _similarity(request: HttpRequest) -> float:
    text = request.POST.get("similarity_min", "")
    if not (text.isascii() and text.isdigit() and int(text[:4]) <= STEP_MAX):
        raise RuleError(_("a similarity is 0 to 100"), where="similarity")
    return float(text)
