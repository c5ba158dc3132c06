"""API keys of other systems: for administrators only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from regulars.api.queries.keys import api_keys
from regulars.api.services.keys import create_key, revoke_key
from regulars.api.types import ApiScope, KeyState
from regulars.apps.accounts.queries import actor_of, scope_choices
from regulars.apps.accounts.services.access import requires
from regulars.apps.accounts.types import Capability
from regulars.base.errors import NotVisibleError, RuleError
from regulars.console.contexts.keys import key_rows
from regulars.console.views.key_form import KeyForm

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@requires(Capability.MANAGE_KEYS)
def keys(request: HttpRequest) -> HttpResponse:
    """List the keys; their secrets are nowhere to be had any more."""
    return render(request, "console/keys/keys.html", {"rows": key_rows(api_keys())})


@requires(Capability.MANAGE_KEYS)
@never_cache
def create(request: HttpRequest) -> HttpResponse:
    """Make a key and show its secret, on this one answer and never again."""
    choices = scope_choices()
    form = KeyForm(request.POST if request.method == "POST" else None, choices=choices)
    if request.method == "POST" and form.is_valid():
        try:
            details = form.details()
            made = create_key(actor_of(request), details)
        except RuleError as error:
            form.refuse(error)
        else:
            # No redirect: the secret would have to be kept somewhere in between.
            return render(request, "console/keys/made.html", {"made": made, "name": details.name})
    context = {"form": form, "choices": choices, "scopes": ApiScope.choices}
    return render(request, "console/keys/form.html", context)


@requires(Capability.MANAGE_KEYS)
def revoke(request: HttpRequest, key_id: int) -> HttpResponse:
    """Ask whether it is really meant, and then revoke the key at once."""
    row = next((row for row in key_rows(api_keys()) if row.key.key_id == key_id), None)
    if row is None:
        raise NotVisibleError("there is no such API key", fix="See the list of keys")
    if request.method != "POST" and row.key.state is not KeyState.REVOKED:
        return render(request, "console/keys/revoke.html", {"row": row})
    if request.method == "POST" and revoke_key(actor_of(request), key_id=key_id):
        name = {"name": row.key.name}
        messages.success(request, _("The key of %(name)s is revoked.") % name)
    else:
        messages.warning(request, _("This key had been revoked before."))
    return redirect("console:keys")
