"""Who is behind a request."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from regulars.apps.accounts.models import User
from regulars.apps.accounts.types import Actor, DataScope, Role
from regulars.base.errors import RefusedError

if TYPE_CHECKING:
    from django.http import HttpRequest

    from regulars.apps.accounts.types import ScopeName


def actor_of(request: HttpRequest) -> Actor:
    """Return the signed-in user behind the request; raise ``RefusedError`` if there is none.

    The user is read from the ledger once per request, so a changed role, a changed scope or a
    deactivation counts from the next request on.
    """
    user = request.user
    if not isinstance(user, User) or not user.is_active:
        raise RefusedError("nobody is signed in", fix="Sign in first")
    return Actor(
        user_id=user.pk,
        username=user.username,
        name=user.name or user.username,
        role=Role(user.role),
        scope=scope_of(user),
        language=user.language,
        theme=user.theme,
        ip=client_ip(request),
    )


def scope_of(user: User) -> DataScope:
    """Return the user's data scope."""
    return DataScope(cast("ScopeName", user.scope_kind), tuple(user.scope_ids))


def client_ip(request: HttpRequest) -> str:
    """Return the address the connection came from, '' when the server does not say."""
    return str(request.META.get("REMOTE_ADDR", ""))
