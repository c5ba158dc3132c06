"""Places in a list, given to clients as opaque signed text.

A cursor holds the sort key of the last item and the list it belongs to, so a page begins where
the last one ended, whatever was inserted meanwhile. It is signed, so nobody can make one up.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json

from django.conf import settings

from regulars.api.door.problems import Fault, Problem

LIMIT_DEFAULT = 50
LIMIT_MAX = 200
_MAC_BYTES = 12


def cursor_to(place: str, key: list[str]) -> str:
    """Return the cursor after the item with the sort key ``key`` of the list ``place``."""
    content = json.dumps([place, key], ensure_ascii=False, separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(_mac(content) + content).decode().rstrip("=")


def key_of(cursor: str | None, place: str) -> list[str] | None:
    """Return the sort key in a cursor of this list, None without a cursor.

    Raises ``Problem`` 422 for a cursor of another list, or one that was not given by us.
    """
    if not cursor:
        return None
    try:
        raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise _wrong() from None
    mac, content = raw[:_MAC_BYTES], raw[_MAC_BYTES:]
    if not hmac.compare_digest(mac, _mac(content)):
        raise _wrong()
    of, key = json.loads(content)
    if of != place:
        raise _wrong()
    return [str(part) for part in key]


def _mac(content: bytes) -> bytes:
    secret = f"regulars.api.cursor:{settings.SECRET_KEY}".encode()
    return hmac.digest(secret, content, hashlib.sha256)[:_MAC_BYTES]


def _wrong() -> Problem:
    fault = Fault("this cursor does not belong to this list", parameter="cursor")
    return Problem("not-valid", faults=[fault])
