"""Turn a refusal into its page: outside the scope is 404, outside the role is 403."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from django.urls import get_resolver

from regulars.base.errors import NotVisibleError, RefusedError

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


class RefusalMiddleware:
    """Answers ``NotVisibleError`` as 404 and ``RefusedError`` as 403, with the house's pages."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer as the view does."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Answer a refusal; leave every other error alone."""
        if isinstance(error, NotVisibleError):
            return _page(request, error, status=404)
        if isinstance(error, RefusedError):
            return _page(request, error, status=403)
        return None


def _page(request: HttpRequest, error: Exception, *, status: int) -> HttpResponse:
    handler: Callable[..., HttpResponse] = get_resolver().resolve_error_handler(status)
    return handler(request, exception=error)
