"""Merge reviews: pairs of members on which a person decides."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from regulars.apps.accounts.types import Capability
from regulars.apps.members.queries import reviews
from regulars.apps.members.services.reviews import Decision, decide_review
from regulars.apps.members.types import ReviewState
from regulars.base.errors import IdentityError
from regulars.console.desk import Desk, lake_at, page
from regulars.console.views.members import page_number

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@never_cache
@page(Capability.REVIEW_IDENTITY)
def merge_reviews(request: HttpRequest, _desk: Desk) -> HttpResponse:
    """List the open reviews, or those that were decided."""
    wanted = request.GET.get("state", ReviewState.OPEN)
    state = ReviewState(wanted) if wanted in ReviewState.values else ReviewState.OPEN
    found = reviews(state=state, number=page_number(request))
    context = {
        "found": found,
        "state": state,
        "tabs": [(one.value, one.label) for one in ReviewState],
        "previous": found.number - 1,
        "next": found.number + 1,
    }
    return render(request, "console/reviews.html", context)


@require_POST
@page(Capability.REVIEW_IDENTITY)
def decide(request: HttpRequest, desk: Desk, review_id: int) -> HttpResponse:
    """Merge the two, keep them apart, or move the identifier to the other."""
    wanted = request.POST.get("decision", "")
    if wanted not in list(Decision):
        messages.error(request, _("Choose one of the offered decisions."))
        return redirect("console:merge_reviews")
    lake = lake_at(settings.REGULARS_LAKE)
    try:
        survivor = decide_review(desk.actor, lake, review_id=review_id, decision=Decision(wanted))
    except IdentityError as error:
        messages.error(request, str(error))
        return redirect("console:merge_reviews")
    if survivor:
        messages.success(request, _("The two are one member now: %(id)s") % {"id": survivor})
    else:
        messages.success(request, _("The two stay apart, and no rule will join them again."))
    return redirect("console:merge_reviews")
