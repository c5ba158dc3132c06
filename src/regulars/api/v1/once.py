"""Writes that may be sent again: the same Idempotency-Key and body get the same answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from django.http import HttpResponse

from regulars.api.door.problems import Problem
from regulars.api.services.repeated_writes import begin_write, finish_write, give_up_write
from regulars.api.v1.route import answer, caller_of

if TYPE_CHECKING:
    from django.http import HttpRequest

REPLAYED = "Idempotency-Replayed"


def once(
    request: HttpRequest, idempotency_key: str | None, write: Callable[[], HttpResponse]
) -> HttpResponse:
    """Answer as ``write`` does; with a key seen before, as it did then, without writing again.

    Only what was done is kept. A refused write frees its key, so that it can be mended.
    """
    if idempotency_key is None:
        return write()
    said = f"{request.method} {request.path}\n".encode() + request.body
    begun = begin_write(caller_of(request).key_id, idempotency_key, said)
    if begun.meeting == "other":
        raise Problem("key-reused")
    if begun.meeting == "under_way":
        raise Problem("under-way", headers={"Retry-After": "1"})
    if begun.meeting == "again":
        again = answer(begun.body, status=begun.status, location=begun.location)
        again.headers[REPLAYED] = "true"
        return again
    try:
        done = write()
    except BaseException:
        give_up_write(begun)
        raise
    finish_write(
        begun,
        status=done.status_code,
        body=done.content,
        location=done.headers.get("Location", ""),
    )
    return done
