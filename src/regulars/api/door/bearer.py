"""Who asks: the key behind ``Authorization: Bearer rgl_<prefix>_<secret>``.

What a key may do never changes, so it is read once per process. Whether it still opens the door
is asked with every request, by one indexed query: a revocation counts at once, in every process.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, cast

from django.conf import settings
from django.db import connection
from django.utils import timezone
from ninja.security import HttpBearer

from regulars.api.door.buckets import Buckets, Left
from regulars.api.door.problems import Problem
from regulars.api.queries.keys import api_key
from regulars.api.services.keys import secret_hash
from regulars.api.types import BRAND_WIDE, ApiScope
from regulars.apps.accounts.types import DataScope

if TYPE_CHECKING:
    from django.http import HttpRequest

_STANDING = "SELECT id, secret_hash, revoked_at FROM api_apikey WHERE prefix = %s"
_TOKEN_MAX = 200
_CHALLENGE = {"WWW-Authenticate": 'Bearer realm="regulars"'}
_buckets = Buckets()


@dataclass(frozen=True, slots=True)
class Caller:
    """The key behind a request. ``source`` is the system's name: what it posts is its own."""

    key_id: int
    prefix: str
    source: str
    scopes: frozenset[ApiScope]
    data_scope: DataScope
    rate_per_minute: int
    expires_at: datetime | None

    @property
    def name(self) -> str:
        """What the audit trail and the records call it."""
        return f"api:{self.prefix}"


class BearerKey(HttpBearer):
    """Opens a route for keys with one scope: ``auth=BearerKey(ApiScope.ORDERS_READ)``."""

    openapi_bearerFormat = "rgl_<prefix>_<secret>"  # noqa: N815 — ninja reads openapi_*

    def __init__(self, scope: ApiScope) -> None:
        self.scope = scope
        super().__init__()

    def __call__(self, request: HttpRequest) -> Caller:
        """Return the caller; raise ``Problem`` 401, 429, 403, 413 or 415."""
        kind, _, token = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
        caller = self.authenticate(request, token) if kind.lower() == "bearer" else None
        if caller is None:
            raise Problem("no-key", headers=_CHALLENGE)
        left = _buckets.take(caller.key_id, rate_per_minute=caller.rate_per_minute)
        request.rate = (left, caller.rate_per_minute)  # type: ignore[attr-defined]  # for the answer's headers
        if not left.passes:
            raise Problem("too-many", headers={"Retry-After": str(left.wait_seconds)})
        if self.scope not in caller.scopes:
            raise Problem("not-allowed", f"The key lacks the scope {self.scope}.")
        if self.scope in BRAND_WIDE and not caller.data_scope.is_hq:
            raise Problem("not-allowed", f"{self.scope} needs the data scope headquarters.")
        if request.method in {"POST", "PATCH", "PUT"}:
            _check_body(request)
        return caller

    def authenticate(self, request: HttpRequest, token: str) -> Caller | None:  # noqa: ARG002 — as ninja calls it
        """Return the caller of a token that opens the door now."""
        prefix, _, secret = token.removeprefix("rgl_").partition("_")
        if not token.startswith("rgl_") or not secret or len(token) > _TOKEN_MAX:
            return None
        if "\x00" in prefix:
            return None
        with connection.cursor() as cursor:
            cursor.execute(_STANDING, [prefix])
            row = cursor.fetchone()
        if row is None or row[2] is not None:
            return None
        if not hmac.compare_digest(row[1], secret_hash(secret)):
            return None
        caller = _caller(row[0], prefix, row[1])
        if caller.expires_at is not None and caller.expires_at <= timezone.now():
            return None
        return caller


def rate_of(request: HttpRequest) -> tuple[Left, int] | None:
    """Return what the request met at its key's bucket, if it came that far."""
    return cast("tuple[Left, int] | None", getattr(request, "rate", None))


@lru_cache(maxsize=1_000)
def _caller(key_id: int, prefix: str, held_hash: str) -> Caller:  # noqa: ARG001 — a restored ledger has other keys
    key = api_key(prefix)
    if key is None:
        raise Problem("no-key", headers=_CHALLENGE)
    return Caller(
        key_id=key_id,
        prefix=prefix,
        source=key.name,
        scopes=frozenset(key.scopes),
        data_scope=key.data_scope,
        rate_per_minute=key.rate_per_minute,
        expires_at=key.expires_at,
    )


def _check_body(request: HttpRequest) -> None:
    most = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    length = int(request.META.get("CONTENT_LENGTH") or 0)
    if length > most:
        raise Problem("too-large", f"A request may hold {most:,} bytes.")
    if length and request.content_type != "application/json":
        raise Problem("media-type")
