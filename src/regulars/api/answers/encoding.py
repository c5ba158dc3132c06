"""JSON of the API: amounts as decimal text, moments in UTC, dates in ISO 8601."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any


def _plain(value: Any) -> str:
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"the API has no JSON for {type(value).__name__}")


_encoder = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=_plain)


def encoded(value: Any) -> bytes:
    """Return the value as JSON in UTF-8; an amount (Decimal) becomes text and stays exact.

    >>> encoded({"net_amount": Decimal("9.50"), "on": date(2024, 1, 5)})
    b'{"net_amount":"9.50","on":"2024-01-05"}'
    """
    return _encoder.encode(value).encode()


def moment(value: datetime) -> str:
    """Return an aware moment in UTC, to the microsecond, so that texts sort as the moments do.

    >>> moment(datetime(2024, 1, 5, 8, 30, tzinfo=UTC))
    '2024-01-05T08:30:00.000000Z'
    """
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
