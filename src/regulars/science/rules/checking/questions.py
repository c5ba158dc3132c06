"""Whether a test may be asked of a value, and the test with its values typed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from regulars.base.errors import RuleError
from regulars.science.rules.checking.values import (
    plain_text,
    several,
    typed_value,
    whole_number,
)
from regulars.science.rules.limits import DAYS_MAX, VALUES_MAX
from regulars.science.rules.nodes import (
    OPERATORS,
    Between,
    Compare,
    Contains,
    InLastDays,
    Missing,
    NoneOf,
    OneOf,
    StartsWith,
    Test,
    Value,
)
from regulars.science.rules.vocabulary import ValueType

_ORDERED: frozenset[ValueType] = frozenset({"integer", "decimal", "number", "date"})
_EVERY: frozenset[ValueType] = _ORDERED | {"text", "boolean"}
# Texts have no order here: every engine sorts them in its own way.
_TYPES: Mapping[type, frozenset[ValueType]] = {
    Compare: _EVERY,
    Between: _ORDERED,
    OneOf: _EVERY,
    NoneOf: _EVERY,
    Missing: _EVERY,
    Contains: frozenset({"text"}),
    StartsWith: frozenset({"text"}),
    InLastDays: frozenset({"date"}),
}


def checked_test(
    test: object, type_: ValueType, *, allowed: Sequence[str] = (), where: str
) -> Test:
    """Return the test with typed values; raise ``RuleError`` when it does not fit the type."""
    fitting = _TYPES.get(type(test))
    if not isinstance(test, Test) or fitting is None:
        raise RuleError(f"{test!r} is no test", where=where)
    if type_ not in fitting:
        raise RuleError(f"{test.kind!r} cannot be asked of a {type_}", where=where)

    def value(one: object, key: str) -> Value:
        return _allowed(typed_value(one, type_, where=f"{where}.{key}"), allowed, f"{where}.{key}")

    match test:
        case Compare():
            _check_operator(test.operator, type_, where=f"{where}.operator")
            return replace(test, value=value(test.value, "value"))
        case Between():
            between = replace(test, low=value(test.low, "low"), high=value(test.high, "high"))
            _check_order(between, where=where)
            return between
        case OneOf() | NoneOf():
            what = f"name 1 to {VALUES_MAX:,} values"
            given = several(test.values, low=1, high=VALUES_MAX, what=what, where=f"{where}.values")
            typed = tuple(value(one, f"values[{n}]") for n, one in enumerate(given))
            return replace(test, values=typed)
        case Contains() | StartsWith():
            plain_text(test.text, where=f"{where}.text")
        case InLastDays():
            whole_number(test.days, low=1, high=DAYS_MAX, where=f"{where}.days")
    return test


def _allowed(value: Value, allowed: Sequence[str], where: str) -> Value:
    if allowed and value not in allowed:
        fix = f"It is one of {', '.join(allowed)}"
        raise RuleError(f"{value!r} is never the value", where=where, fix=fix)
    return value


def _check_operator(operator: object, type_: ValueType, *, where: str) -> None:
    if operator not in OPERATORS:
        raise RuleError(
            f"there is no operator {operator!r}", where=where, fix=f"Use {', '.join(OPERATORS)}"
        )
    if type_ not in _ORDERED and operator not in {"=", "!="}:
        raise RuleError(
            f"{operator!r} cannot be asked of a {type_}", where=where, fix="Use = or !="
        )


def _check_order(between: Between, *, where: str) -> None:
    # Both ends have the one type that was asked for.
    low: Any = between.low
    if low > between.high:
        raise RuleError(
            f"nothing lies between {between.low} and {between.high}",
            where=where,
            fix="Write the smaller value first",
        )
