"""Sources and loads, the refresh log, and the lake's tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from regulars.apps.accounts.types import Capability
from regulars.apps.ingest import queries as ingest
from regulars.base.errors import NotVisibleError, UnknownTableError
from regulars.console.background import jobs
from regulars.console.contexts import data as context
from regulars.console.desk import Desk, lake_at, page
from regulars.console.views.members import page_number

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@page(Capability.SEE_DATA)
def data(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Show every source, how fresh it is, and what the loads did."""
    mapping = request.GET.get("source", "")[:300]
    found = context.data_page(desk, jobs.open_jobs(), mapping=mapping, page=page_number(request))
    return render(
        request,
        "console/data/data.html",
        {
            "found": found,
            "tabs": found.tabs,
            "mapping": mapping,
            "previous": found.runs.page - 1,
            "next": found.runs.page + 1,
        },
    )


@page(Capability.SEE_DATA)
def load_run(request: HttpRequest, _desk: Desk, run_id: int) -> HttpResponse:
    """Show one load: counts, tables, notes, refused rows by reason."""
    found = ingest.run(run_id)
    return render(request, "console/data/run.html", {"run": found, "tabs": context.tabs("data")})


@require_POST
@page(Capability.LOAD_DATA)
def load_now(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Ask the worker to load one source."""
    mapping = request.POST.get("source", "")
    if mapping not in {source.mapping for source in ingest.sources()}:
        raise NotVisibleError("there is no such source", fix="Choose one of the list")
    if jobs.start_load(desk.actor, mapping):
        messages.success(request, _("The load is in the queue; this page follows it."))
    else:
        messages.warning(request, _("This source is already waiting or being loaded."))
    return redirect("console:data")


@page(Capability.SEE_DATA)
def refresh(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Show what the feature producers did."""
    found = context.refresh_page(desk, jobs.open_jobs())
    return render(request, "console/data/refresh.html", {"found": found, "tabs": found.tabs})


@require_POST
@page(Capability.REFRESH)
def refresh_now(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Ask the worker to refresh the features, of all members or of those with new facts."""
    if jobs.start_refresh(desk.actor, full=request.POST.get("full") == "1"):
        messages.success(request, _("The refresh is in the queue; this page follows it."))
    else:
        messages.warning(request, _("A refresh is already waiting or running."))
    return redirect("console:data_refresh")


@page(Capability.SEE_DATA)
def tables(request: HttpRequest, _desk: Desk) -> HttpResponse:
    """Show every declared table of the lake."""
    lines = context.table_lines(lake_at(settings.REGULARS_LAKE))
    return render(
        request,
        "console/data/tables.html",
        {"lines": lines, "tabs": context.tabs("data_tables")},
    )


@page(Capability.SEE_DATA)
def table(request: HttpRequest, _desk: Desk, name: str) -> HttpResponse:
    """Show the contract of one table."""
    try:
        line = context.table_line(lake_at(settings.REGULARS_LAKE), name)
    except UnknownTableError as error:
        raise NotVisibleError(error.what, fix="Choose a table of the list") from error
    return render(
        request, "console/data/table.html", {"line": line, "tabs": context.tabs("data_tables")}
    )
