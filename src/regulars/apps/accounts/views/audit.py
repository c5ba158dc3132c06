"""The audit trail, for those who may see it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import render

from regulars.apps.accounts import contexts
from regulars.apps.accounts.forms import AuditForm
from regulars.apps.accounts.queries import audit_page
from regulars.apps.accounts.services.access import requires
from regulars.apps.accounts.types import Capability

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@requires(Capability.SEE_AUDIT)
def audit(request: HttpRequest) -> HttpResponse:
    """Show who did what, newest first."""
    form = AuditForm(request.GET or None)
    wanted = form.cleaned_data if form.is_valid() else {}
    page = audit_page(
        number=_page_number(request.GET.get("page", "")),
        action=wanted.get("action", ""),
        actor_name=wanted.get("actor", ""),
        first_day=wanted.get("first_day"),
        last_day=wanted.get("last_day"),
    )
    context = {"form": form, "page": page, "rows": contexts.audit_rows(page.entries)}
    return render(request, "accounts/audit.html", context)


def _page_number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 1
