"""What the routes share: who asks, pages, and answers as bytes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, cast

from django.http import HttpResponse
from ninja import Header, Query

from regulars.api.door.cursors import LIMIT_DEFAULT, LIMIT_MAX
from regulars.api.door.problems import Problem

if TYPE_CHECKING:
    from django.http import HttpRequest

    from regulars.api.door.bearer import Caller

JSON = "application/json; charset=utf-8"
CursorParam = Annotated[
    str | None, Query(None, max_length=1_000, description="next_cursor of the page before")
]
LimitParam = Annotated[
    int, Query(LIMIT_DEFAULT, ge=1, le=LIMIT_MAX, description="items on a page at most")
]
IdempotencyParam = Annotated[
    str | None,
    Header(
        None,
        alias="Idempotency-Key",
        min_length=1,
        max_length=255,
        pattern=r"^[\x21-\x7e]+$",
        description="the same key and body again, within 24 hours, get the same answer",
    ),
]


def caller_of(request: HttpRequest) -> Caller:
    """Return the key behind the request; the route's ``auth`` has put it there."""
    return cast("Caller", request.auth)  # type: ignore[attr-defined]  # ninja sets it


def answer(body: bytes, *, status: int = 200, location: str = "") -> HttpResponse:
    """Return the JSON as the answer."""
    response = HttpResponse(body, status=status, content_type=JSON)
    if location:
        response.headers["Location"] = location
    return response


def there(body: bytes | None) -> HttpResponse:
    """Return the JSON as the answer; raise ``Problem`` 404 when there is none."""
    if body is None:
        raise Problem("not-found")
    return answer(body)
