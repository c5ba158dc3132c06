"""The OpenAPI document and the reference page. Both are about the product: no key is needed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from regulars.api.reference.openapi import document
from regulars.api.reference.page import contents

if TYPE_CHECKING:
    from django.http import HttpRequest


def openapi(request: HttpRequest) -> HttpResponse:
    """Answer with the OpenAPI document."""
    if request.method not in {"GET", "HEAD"}:
        refused = HttpResponse(status=405)
        refused.headers["Allow"] = "GET, HEAD"
        return refused
    response = HttpResponse(document(), content_type="application/json; charset=utf-8")
    response.headers["Cache-Control"] = "public, max-age=300"
    return response


@login_not_required
@require_safe
def reference(request: HttpRequest) -> HttpResponse:
    """Show every route, shape and problem in the reader's language."""
    return render(request, "api/reference.html", {"reference": contents()})
