"""May this user do that? One question, asked in one way, refused by default."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from regulars.apps.accounts.queries.actors import actor_of
from regulars.apps.accounts.types import Actor, Capability
from regulars.base.errors import RefusedError

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


def require(actor: Actor, capability: Capability) -> None:
    """Raise ``RefusedError`` (the 403 page) unless the actor may do this."""
    if not actor.may(capability):
        raise RefusedError(
            f"the role {actor.role.value} with the data scope {actor.scope.kind} "
            f"may not {capability.value.replace('_', ' ')}",
            fix="Ask an administrator for a role that may",
        )


def requires(capability: Capability) -> Callable[[View[P]], View[P]]:
    """Let a view run only for users who may do this: ``@requires(Capability.EXPORT)``."""

    def decorated(view: View[P]) -> View[P]:
        @wraps(view)
        def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            require(actor_of(request), capability)
            return view(request, *args, **kwargs)

        return guarded

    return decorated
