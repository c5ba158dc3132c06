"""The tag centre and one tag."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import render

from regulars.apps.accounts.types import Capability
from regulars.console.contexts.tags.centre import centre
from regulars.console.contexts.tags.tag import tag_page
from regulars.console.desk import Desk, page

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@page(Capability.SEE_MEMBERS)
def tags(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Show the tree, and the tags of ``?category=`` that pass the filters."""
    found = centre(desk, request.GET.dict())
    return render(request, "console/tags/centre.html", {"found": found})


@page(Capability.SEE_MEMBERS)
def tag(request: HttpRequest, desk: Desk, code: str) -> HttpResponse:
    """Show one tag."""
    found = tag_page(desk, code)
    return render(request, "console/tags/tag.html", {"found": found, "one": found.tag.definition})
