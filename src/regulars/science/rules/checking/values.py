"""Values as the type of what they are compared with; anything else raises."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from regulars.base.errors import RuleError
from regulars.science.rules.limits import (
    DECIMAL_DIGITS,
    DECIMAL_PLACES,
    INTEGER_MAX,
    TEXT_MAX,
)
from regulars.science.rules.nodes import Value
from regulars.science.rules.vocabulary import ValueType


def typed_value(value: object, type_: ValueType, *, where: str) -> Value:
    """Return ``value`` as ``type_``; raise ``RuleError`` at ``where`` when it is not one.

    Dates and decimals may come as text (2024-01-31, 12.50), as JSON has neither.
    """
    found = _READERS[type_](value)
    if found is None:
        shown = value if isinstance(value, date | Decimal) else repr(value)
        raise RuleError(
            f"{shown} is not {_NAMES[type_]}", where=where, fix=f"Write {_EXAMPLES[type_]}"
        )
    return found


def typed_date(value: object, *, where: str) -> date:
    """Return ``value`` as a date; raise ``RuleError`` at ``where`` when it is none."""
    found = _date(value)
    if found is None:
        raise RuleError(f"{value!r} is not a date", where=where, fix=f"Write {_EXAMPLES['date']}")
    return found


def whole_number(value: object, *, low: int, high: int, where: str) -> int:
    """Return ``value`` if it is a whole number from ``low`` to ``high``; raise else."""
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise RuleError(f"{value!r} is not a whole number from {low:,} to {high:,}", where=where)
    return value


def several(value: object, *, low: int, high: int, what: str, where: str) -> tuple[Any, ...]:
    """Return ``value`` if it is a tuple of ``low`` to ``high`` entries; raise else."""
    if not isinstance(value, tuple) or not low <= len(value) <= high:
        raise RuleError(what, where=where)
    return value


def plain_text(value: object, *, where: str) -> str:
    """Return ``value`` if it is a text that every engine can hold; raise else."""
    found = _text(value)
    if not found:
        raise RuleError(
            f"{value!r} is not a text of 1 to {TEXT_MAX:,} characters",
            where=where,
            fix="Use printable characters",
        )
    return found


def _text(value: object) -> str | None:
    if not isinstance(value, str) or len(value) > TEXT_MAX:
        return None
    # Engines end a text at a null character, and half of a surrogate pair is no character.
    broken = any(char == "\0" or "\ud800" <= char <= "\udfff" for char in value)
    return None if broken else value


def _integer(value: object) -> int | None:
    if isinstance(value, bool) or not isinstance(value, int) or abs(value) > INTEGER_MAX:
        return None
    return value


def _decimal(value: object) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, int | str | float | Decimal):
        return None
    try:
        # A float says what it prints: 12.1, not the binary fraction beside it.
        found = Decimal(repr(value) if isinstance(value, float) else value)
        if not found.is_finite() or abs(found) >= 10 ** (DECIMAL_DIGITS - DECIMAL_PLACES):
            return None
        cut = found.quantize(Decimal(1).scaleb(-DECIMAL_PLACES))
    except InvalidOperation:
        return None
    return found if cut == found else None


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return None
    try:
        found = float(value)
    except OverflowError:
        return None
    return found if math.isfinite(found) else None


def _boolean(value: object) -> bool | None:
    return value if isinstance(value, bool) else None


def _date(value: object) -> date | None:
    if isinstance(value, date):
        return None if isinstance(value, datetime) else value
    # fromisoformat also takes forms without dashes and weeks: one form is enough.
    if not isinstance(value, str) or len(value) != len("2024-01-31"):
        return None
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None


_READERS: Mapping[ValueType, Callable[[object], Value | None]] = {
    "text": _text,
    "integer": _integer,
    "decimal": _decimal,
    "number": _number,
    "boolean": _boolean,
    "date": _date,
}
_NAMES: Mapping[ValueType, str] = {
    "text": f"a text of at most {TEXT_MAX:,} printable characters",
    "integer": "a whole number",
    "decimal": f"a decimal of at most {DECIMAL_PLACES} places",
    "number": "a number",
    "boolean": "true or false",
    "date": "a date",
}
_EXAMPLES: Mapping[ValueType, str] = {
    "text": 'it in quotes, such as "web"',
    "integer": "it without a fraction, such as 3",
    "decimal": "it such as 12.50",
    "number": "it such as 0.25",
    "boolean": "true or false",
    "date": "it such as 2024-01-31",
}
