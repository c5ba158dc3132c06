"""Quarantine: refused rows, opened for correction, replayed or discarded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from regulars.apps.accounts.types import Capability
from regulars.apps.ingest import queries as ingest
from regulars.apps.ingest import services
from regulars.apps.ingest.types import QuarantineState
from regulars.base.errors import RegularsError
from regulars.console.contexts.data import tabs
from regulars.console.desk import Desk, page
from regulars.console.views.members import page_number

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

COLUMN_PREFIX = "column:"
VALUE_MAX = 10_000
RUN_DIGITS_MAX = 18  # what the ledger can hold


@page(Capability.SEE_DATA)
def quarantine(request: HttpRequest, desk: Desk) -> HttpResponse:
    """List refused rows by reason and state, without their values."""
    wanted = request.GET.get("state", QuarantineState.OPEN)
    state = QuarantineState(wanted) if wanted in QuarantineState.values else QuarantineState.OPEN
    run = request.GET.get("run", "")
    found = ingest.quarantine(
        page=page_number(request),
        reason=request.GET.get("reason", "")[:40],
        run_id=int(run) if run.isascii() and run.isdigit() and len(run) <= RUN_DIGITS_MAX else None,
        state=state,
    )
    context = {
        "found": found,
        "state": state,
        "states": [(one.value, one.label) for one in QuarantineState],
        "reason": request.GET.get("reason", ""),
        "tabs": tabs("data_quarantine"),
        "may_fix": desk.actor.may(Capability.FIX_QUARANTINE),
        "previous": found.page - 1,
        "next": found.page + 1,
    }
    return render(request, "console/data/quarantine.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
@page(Capability.FIX_QUARANTINE)
def open_row(request: HttpRequest, desk: Desk, row_id: int) -> HttpResponse:
    """Show a row's values for correction. Only a POST opens it: the audit trail keeps who did."""
    if request.method == "GET":
        return redirect("console:data_quarantine")
    row = services.reveal_row(row_id, actor=desk.actor)
    return render(
        request, "console/data/quarantine_row.html", {"row": row, "tabs": tabs("data_quarantine")}
    )


@require_POST
@sensitive_post_parameters()
@page(Capability.FIX_QUARANTINE)
def replay_row(request: HttpRequest, desk: Desk, row_id: int) -> HttpResponse:
    """Load the row again with the corrected values."""
    values = {
        name.removeprefix(COLUMN_PREFIX): str(value)[:VALUE_MAX]
        for name, value in request.POST.items()
        if name.startswith(COLUMN_PREFIX)
    }
    try:
        outcome = services.fix_and_replay({row_id: values}, actor=desk.actor)
    except RegularsError as error:
        messages.error(request, str(error))
        return redirect("console:data_quarantine")
    refused = [one for one in outcome if one.state is not QuarantineState.REPLAYED]
    if refused:
        messages.warning(
            request,
            _("The row was refused again: %(reason)s. It is still open, with your corrections.")
            % {"reason": refused[0].reason_text},
        )
    else:
        messages.success(request, _("The row is loaded. Refresh the features to count it in."))
    return redirect("console:data_quarantine")


@require_POST
@page(Capability.FIX_QUARANTINE)
def discard_row(request: HttpRequest, desk: Desk, row_id: int) -> HttpResponse:
    """Settle the row without loading it."""
    try:
        services.discard(row_id, actor=desk.actor)
    except RegularsError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("The row is discarded; it stays among the discarded rows."))
    return redirect("console:data_quarantine")
