"""The API object: every route of version 1, and every error as a problem."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import Http404, HttpResponse
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError

from regulars.api.door.middleware import problem_of
from regulars.api.door.problems import Fault, Problem
from regulars.api.v1 import (
    catalog,
    figures,
    loads,
    member_writes,
    order_writes,
    orders,
    tags,
)
from regulars.base.errors import (
    IdentifierTakenError,
    IdentityError,
    NotVisibleError,
    RefusedError,
    RuleError,
)

if TYPE_CHECKING:
    from django.http import HttpRequest

TITLE = "Regulars 熟客"
DESCRIPTION = (
    "Members, orders, catalog, key figures, tags and loads of one brand. Send the header "
    "`Authorization: Bearer rgl_…`; a key has scopes and a data scope, and what lies outside "
    "its data scope is answered with 404. Lists come in pages: pass `next_cursor` on as `cursor`. "
    "Amounts are decimal text in the brand's currency, moments are UTC. Every refusal is a "
    "problem as of RFC 9457."
)

_KINDS: dict[type[Exception], str] = {
    Http404: "not-found",
    NotVisibleError: "not-found",
    RefusedError: "not-allowed",
    IdentifierTakenError: "taken",
    HttpError: "bad-request",
}


def build() -> NinjaAPI:
    """Return the API with every route."""
    api = NinjaAPI(
        title=TITLE,
        version="1",
        description=DESCRIPTION,
        docs_url=None,
        openapi_url=None,
        urls_namespace="api-v1",
    )
    for one in (member_writes, order_writes, orders, catalog, figures, loads, tags):
        api.add_router("", one.router)
    for kind in (ValidationError, HttpError, Http404, Exception):
        api.add_exception_handler(kind, _refused)
    return api


def _refused(_request: HttpRequest, error: Exception | type[Exception]) -> HttpResponse:
    return _problem(error).response()


def _problem(error: Exception | type[Exception]) -> Problem:
    if isinstance(error, ValidationError):
        return Problem("not-valid", faults=[_fault(one) for one in error.errors])
    if isinstance(error, RuleError | IdentityError) and not isinstance(error, IdentifierTakenError):
        return Problem("not-valid", faults=[Fault(f"{error.what}. {error.fix}".strip(" ."))])
    for raised, kind in _KINDS.items():
        if isinstance(error, raised):
            return Problem(kind)
    return problem_of(error)


def _fault(one: dict[str, Any]) -> Fault:
    """Return a fault of pydantic with its place; its input is never repeated."""
    source, *path = one["loc"]
    if source == "body":
        # The first part names the function's parameter, of which the client knows nothing.
        parts = [str(part).replace("~", "~0").replace("/", "~1") for part in path[1:]]
        return Fault(one["msg"], pointer="".join(f"/{part}" for part in parts))
    return Fault(one["msg"], parameter=str(path[0]) if path else None)


api = build()
