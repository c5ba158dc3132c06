"""The look-alike wizard: whom others are to be like."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.shortcuts import redirect, render

from regulars.apps.accounts.types import Capability
from regulars.apps.audiences.services import ask_expansion
from regulars.base.errors import NotVisibleError, RuleError
from regulars.console.background.lookalike_jobs import start_expansion
from regulars.console.contexts.insights.lookalike.wizard import title_of, wizard_page
from regulars.console.contexts.insights.tabs import expands, tabs
from regulars.console.desk import Desk, lake_at, page
from regulars.console.views.insights.lookalike.seeds import seed_in

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@page(Capability.EDIT_TAGS)
def lookalike(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Show the form and what was found before; take a seed."""
    if not expands(desk):
        raise NotVisibleError("look-alikes are found among all members")
    error: RuleError | None = None
    if request.method == "POST":
        try:
            seed = seed_in(request)
            run_id = ask_expansion(
                desk.actor,
                lake_at(settings.REGULARS_LAKE),
                seed,
                title=request.POST.get("title", "").strip() or title_of(seed, request.POST),
                as_of=desk.as_of,
                excluded_rule=request.POST.get("excluded", ""),
            )
        except RuleError as refused:
            error = refused
        else:
            start_expansion(run_id)
            return redirect("console:insights_expansion", run_id=run_id)
    context = {
        "found": wizard_page(desk),
        "tabs": tabs("insights_lookalike", desk),
        "given": request.POST,
        "error": error,
    }
    status = 422 if error else 200
    return render(request, "console/lookalike/wizard.html", context, status=status)
