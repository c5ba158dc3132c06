"""The pages for what went wrong: each says what happened and what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

if TYPE_CHECKING:
    from django.http import HttpRequest


@login_not_required
def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001 — Django passes it
    """Answer 403: the reader's role does not allow this."""
    return render(request, "console/errors/403.html", status=403)


@login_not_required
def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001 — Django passes it
    """Answer 404: it does not exist, or lies outside the reader's scope."""
    return render(request, "console/errors/404.html", status=404)


def stale(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001 — Django passes it
    """Answer 403: the form does not carry this session's token, most often an old page's."""
    return render(request, "console/errors/stale.html", status=403)


@login_not_required
def server_error(_request: HttpRequest) -> HttpResponse:
    """Answer 500 without asking the lake or the ledger: they may be what failed."""
    return HttpResponse(render_to_string("console/errors/500.html"), status=500)
