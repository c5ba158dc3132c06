"""Language, theme and business date: set from any page, and back to that page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import check_for_language
from django.views.decorators.http import require_POST

from regulars.apps.accounts.queries import actor_of
from regulars.apps.accounts.services import profile
from regulars.base.errors import RefusedError
from regulars.console.context_processors import THEME_COOKIE, THEMES
from regulars.console.desk import AS_OF_KEY

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from regulars.apps.accounts.types import Actor

COOKIE_SECONDS = 365 * 24 * 60 * 60
AS_OF_MAX = len("2024-06-15")


@login_not_required
@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Keep the reader's language, in the browser and, when signed in, with the user."""
    response = HttpResponseRedirect(back(request))
    code = request.POST.get("language", "")
    if code in dict(settings.LANGUAGES) and check_for_language(code):
        _keep(response, settings.LANGUAGE_COOKIE_NAME, code)
        if actor := _actor(request):
            profile.set_language(actor, code)
    return response


@login_not_required
@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Keep the reader's theme, in the browser and, when signed in, with the user."""
    response = HttpResponseRedirect(back(request))
    name = request.POST.get("theme", "")
    if name in THEMES:
        _keep(response, THEME_COOKIE, name)
        if actor := _actor(request):
            profile.set_theme(actor, name)
    return response


@require_POST
def business_date(request: HttpRequest) -> HttpResponse:
    """Read the pages as of another date that has features; an unknown date changes nothing."""
    request.session[AS_OF_KEY] = request.POST.get("as_of", "")[:AS_OF_MAX]
    return HttpResponseRedirect(back(request))


def back(request: HttpRequest) -> str:
    """Return the page the form stood on, if it is one of ours; else the overview."""
    address = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(
        address, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    ):
        return address
    return reverse("console:overview")


def _keep(response: HttpResponse, name: str, value: str) -> None:
    response.set_cookie(
        name,
        value,
        max_age=COOKIE_SECONDS,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
    )


def _actor(request: HttpRequest) -> Actor | None:
    try:
        return actor_of(request)
    except RefusedError:
        return None
