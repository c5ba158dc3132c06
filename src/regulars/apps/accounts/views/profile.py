"""What a user decides about himself: name, language, theme, password."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters

from regulars.apps.accounts.forms import OwnPasswordForm, ProfileForm, add_error
from regulars.apps.accounts.queries import actor_of
from regulars.apps.accounts.services import profile as own
from regulars.apps.accounts.views.session import LANGUAGE_COOKIE_SECONDS
from regulars.base.errors import RuleError

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


def profile(request: HttpRequest) -> HttpResponse:
    """Show and keep name, language and theme."""
    actor = actor_of(request)
    held = {
        "name": actor.name,
        "language": actor.language or translation.get_language(),
        "theme": actor.theme,
    }
    form = ProfileForm(request.POST if request.method == "POST" else None, initial=held)
    if request.method != "POST" or not form.is_valid():
        return render(request, "accounts/profile.html", {"form": form, "actor": actor})
    own.set_preferences(actor, **form.cleaned_data)
    language = form.cleaned_data["language"]
    with translation.override(language):
        messages.success(request, _("Your profile is saved."))
    response = redirect("accounts:profile")
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=LANGUAGE_COOKIE_SECONDS,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response


@sensitive_post_parameters()
def password(request: HttpRequest) -> HttpResponse:
    """Change one's own password; other sessions end."""
    actor = actor_of(request)
    form = OwnPasswordForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            own.change_password(
                request, actor, old=form.cleaned_data["old"], new=form.cleaned_data["new"]
            )
        except RuleError as error:
            add_error(form, error)
        else:
            messages.success(request, _("Your password is changed. Other sessions have ended."))
            return redirect("accounts:profile")
    return render(request, "accounts/password.html", {"form": form})
