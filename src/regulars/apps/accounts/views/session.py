"""Sign in and sign out."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.shortcuts import redirect, render, resolve_url
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from regulars.apps.accounts.forms import SignInForm
from regulars.apps.accounts.queries import actor_of, client_ip
from regulars.apps.accounts.services import sign_in as door

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

LANGUAGE_COOKIE_SECONDS = 365 * 24 * 60 * 60


@login_not_required
@never_cache
@sensitive_post_parameters("password")
def sign_in(request: HttpRequest) -> HttpResponse:
    """Ask for name and password; let in, say no, or say when to try again."""
    if request.user.is_authenticated:
        return redirect(_destination(request))
    form = SignInForm(request.POST if request.method == "POST" else None)
    if request.method != "POST" or not form.is_valid():
        return _asked(request, form)
    verdict = door.try_password(
        username=form.cleaned_data["username"],
        password=form.cleaned_data["password"],
        ip=client_ip(request),
    )
    if verdict.outcome == "locked":
        return _asked(request, SignInForm(), locked_until=verdict.locked_until)
    if verdict.user_id is None:
        form.refuse()
        return _asked(request, form)
    actor = door.open_session(request, user_id=verdict.user_id)
    response = redirect(_destination(request))
    if actor.language:
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            actor.language,
            max_age=LANGUAGE_COOKIE_SECONDS,
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )
    return response


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session."""
    door.close_session(request, actor_of(request))
    return redirect(settings.LOGOUT_REDIRECT_URL or settings.LOGIN_URL)


def _asked(
    request: HttpRequest, form: SignInForm, *, locked_until: datetime | None = None
) -> HttpResponse:
    context = {"form": form, "next": _next(request), "locked_until": locked_until}
    if locked_until is None:
        return render(request, "accounts/sign_in.html", context)
    response = render(request, "accounts/sign_in.html", context, status=429)
    wait = (locked_until - timezone.now()).total_seconds()
    response.headers["Retry-After"] = str(max(1, round(wait)))
    return response


def _next(request: HttpRequest) -> str:
    return request.POST.get("next") or request.GET.get("next", "")


def _destination(request: HttpRequest) -> str:
    """Return where the visitor wanted to go, if that is one of our pages."""
    wanted = _next(request)
    if wanted and url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    ):
        return wanted
    return resolve_url(settings.LOGIN_REDIRECT_URL)
