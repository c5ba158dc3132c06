"""The API's own short way through the house.

Sessions, languages, forms and pages are no business of a system with a key: what stands under
/api/ is answered here, before any of their middleware. The reference page for people goes on.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING

from django.core.exceptions import (
    BadRequest,
    DisallowedHost,
    RequestDataTooBig,
    SuspiciousOperation,
)
from django.db import OperationalError
from django.http import HttpResponse, UnreadablePostError
from django.urls import Resolver404, get_resolver

from regulars.api.door.bearer import rate_of
from regulars.api.door.problems import CONTENT_TYPE, REFERENCE, Problem
from regulars.base.errors import LakeBusyError

if TYPE_CHECKING:
    from django.http import HttpRequest

ROOT = "/api/"
ROUTES = "regulars.api.urls"
_BUSY_SECONDS = "2"
_log = logging.getLogger(__name__)


class ApiMiddleware:
    """Answers everything under ``/api/``; it stands first, after the security headers."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, or hand on what is for people."""
        path = request.path_info
        if not path.startswith(ROOT) or path == REFERENCE:
            return self.get_response(request)
        response = _answer(request)
        rate = rate_of(request)
        if rate is not None:
            left, rate_per_minute = rate
            for name, value in left.headers(rate_per_minute).items():
                response.headers[name] = value
        # A refusal is the client's business; what failed here has been logged.
        response._has_been_logged = True  # type: ignore[attr-defined]  # noqa: SLF001 — as Django's own do
        # Answers hold people's data: nothing on the way keeps them.
        response.headers.setdefault("Cache-Control", "no-store")
        response.headers["Content-Security-Policy"] = "default-src 'none'; frame-ancestors 'none'"
        return response


def _answer(request: HttpRequest) -> HttpResponse:
    try:
        request.get_host()
        found = get_resolver(ROUTES).resolve(request.path_info)
        response: HttpResponse = found.func(request, *found.args, **found.kwargs)
    except Exception as error:  # noqa: BLE001 — whatever it is, the client gets a problem
        return problem_of(error).response()
    if response.status_code >= 400 and not _is_problem(response):
        return _as_problem(response)
    return response


def problem_of(error: Exception | type[Exception]) -> Problem:
    """Return the problem that an error is to the client; what is unexpected goes to the log."""
    if isinstance(error, Problem):
        return error
    if isinstance(error, Resolver404):
        return Problem("not-found", "There is no such address.")
    if isinstance(error, RequestDataTooBig):
        return Problem("too-large")
    if isinstance(error, DisallowedHost | UnreadablePostError | BadRequest | SuspiciousOperation):
        return Problem("bad-request")
    if isinstance(error, LakeBusyError | OperationalError):
        _log.warning("the API is busy: %s", error)
        return Problem("busy", headers={"Retry-After": _BUSY_SECONDS})
    _log.error("the API failed", exc_info=error if isinstance(error, Exception) else None)
    return Problem("internal")


def _is_problem(response: HttpResponse) -> bool:
    return response.headers.get("Content-Type", "") == CONTENT_TYPE


def _as_problem(response: HttpResponse) -> HttpResponse:
    if response.status_code == 405:
        return Problem("method", headers={"Allow": response.headers["Allow"]}).response()
    kind = "not-found" if response.status_code == 404 else "bad-request"
    return Problem(kind if response.status_code < 500 else "internal").response()
