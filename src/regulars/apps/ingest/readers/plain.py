"""Values of sheets, JSON and databases as text, exactly."""

from __future__ import annotations

import json
import math
import re
from datetime import date, datetime, time
from decimal import Decimal


def plain(value: object) -> str | None:
    """Return a value as text; None stays None.

    Floats keep the 15 digits that sheets and databases show, so that 0.1 + 0.2 reads 0.3.

    >>> plain(13800138000.0), plain(0.1 + 0.2), plain(Decimal("12.5000")), plain(True)
    ('13800138000', '0.3', '12.5', 'true')
    """
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, float):
        return _float(value)
    if isinstance(value, Decimal):
        return _decimal(value)
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, dict | list | bool):
        return json.dumps(value, ensure_ascii=False)
    return str(value)


def said(error: BaseException) -> str:
    """Return the first line of what a library said, without the values it quotes.

    An error is kept in the ledger and shown to people: a phone that could not be cast must not
    get there.

    >>> said(ValueError("Could not convert string '13800138000' to INT32"))
    "Could not convert string '…' to INT32"
    """
    lines = str(error).splitlines() or [type(error).__name__]
    return re.sub(r"(['\"]).*\1", r"\1…\1", lines[0])


def _float(value: float) -> str:
    if not math.isfinite(value):
        return str(value)
    return _decimal(Decimal(f"{value:.15g}"))


def _decimal(value: Decimal) -> str:
    if not value.is_finite():
        return str(value)
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
