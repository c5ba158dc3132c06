"""Problems, in the one form of RFC 9457: ``application/problem+json``.

Every refusal under /api/ is one of ``KINDS``; its ``type`` leads to the paragraph about it in the
reference. A detail never repeats what the client sent: it may be somebody's phone number.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.http import HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

CONTENT_TYPE = "application/problem+json"
REFERENCE = "/api/v1/docs"


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of problem: its status, its title, and for the reference what to do about it."""

    status: int
    title: str
    remedy: Promise


KINDS: Mapping[str, Kind] = {
    "bad-request": Kind(400, "The request cannot be read", _("Send one JSON document in UTF-8.")),
    "no-key": Kind(
        401, "A valid API key is needed", _("Send the header Authorization: Bearer rgl_…")
    ),
    "not-allowed": Kind(
        403, "The key may not do this", _("Ask an administrator for a key with the named scope.")
    ),
    "not-found": Kind(
        404,
        "There is no such thing here",
        _("It does not exist, or lies outside the key's data scope: the two look the same."),
    ),
    "method": Kind(
        405, "The method is not known here", _("The header Allow lists the methods there are.")
    ),
    "under-way": Kind(
        409,
        "The same request is still under way",
        _("Wait, and send it again with the same Idempotency-Key."),
    ),
    "taken": Kind(
        409,
        "The identifier belongs to a member already",
        _("Find the member by it, or let the person choose another."),
    ),
    "too-large": Kind(413, "The request is too large", _("Split the batch into smaller ones.")),
    "media-type": Kind(
        415, "The media type is not known here", _("Send Content-Type: application/json.")
    ),
    "not-valid": Kind(
        422,
        "The request is not valid",
        _("The list errors says what is wrong, and where, by JSON pointer or parameter."),
    ),
    "key-reused": Kind(
        422,
        "The Idempotency-Key was used for another request",
        _("Use a new Idempotency-Key for every new request."),
    ),
    "too-many": Kind(
        429, "Too many requests", _("Wait for the seconds in the header Retry-After.")
    ),
    "internal": Kind(
        500, "Something went wrong here", _("Try again; tell the operator if it stays.")
    ),
    "busy": Kind(503, "The store is busy", _("Wait for the seconds in the header Retry-After.")),
}


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong: where in the body (JSON pointer), or in which parameter."""

    detail: str
    pointer: str | None = None
    parameter: str | None = None

    def plain(self) -> dict[str, str]:
        """Return the fault as the answer holds it."""
        place = {"pointer": self.pointer} if self.pointer is not None else {}
        if self.parameter is not None:
            place["parameter"] = self.parameter
        return {"detail": self.detail, **place}


class Problem(Exception):  # noqa: N818 — RFC 9457 calls it a problem
    """A refusal on its way to the client."""

    def __init__(
        self,
        kind: str,
        detail: str = "",
        *,
        faults: Sequence[Fault] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self.kind = kind
        self.detail = detail
        self.faults = tuple(faults)
        self.headers = dict(headers or {})
        super().__init__(kind)

    def response(self) -> HttpResponse:
        """Return the answer."""
        known = KINDS[self.kind]
        content: dict[str, object] = {
            "type": f"{REFERENCE}#{self.kind}",
            "title": known.title,
            "status": known.status,
        }
        if self.detail:
            content["detail"] = self.detail
        if self.faults:
            content["errors"] = [fault.plain() for fault in self.faults]
        body = json.dumps(content, ensure_ascii=False).encode()
        response = HttpResponse(body, status=known.status, content_type=CONTENT_TYPE)
        for name, value in self.headers.items():
            response.headers[name] = value
        return response
