"""Tests as Ibis expressions that are true or false, never unknown."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from functools import singledispatch
from operator import eq, ge, gt, le, lt, ne
from typing import Any

import ibis
import ibis.expr.types as ir

from regulars.base.errors import RuleError
from regulars.science.rules.compiling.logic import certain
from regulars.science.rules.limits import DECIMAL_PLACES
from regulars.science.rules.nodes import (
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

ENGINE_TYPES: Mapping[ValueType, str] = {
    "text": "string",
    "integer": "int64",
    "decimal": "decimal(18, 4)",
    "number": "float64",
    "boolean": "boolean",
    "date": "date",
}
Literal = Callable[[Value], ir.Value]
_COMPARE: Mapping[str, Callable[[Any, Any], Any]] = {
    "=": eq,
    "!=": ne,
    "<": lt,
    "<=": le,
    ">": gt,
    ">=": ge,
}


def passes(test: Test, value: ir.Value, type_: ValueType, as_of: date) -> ir.BooleanValue:
    """Return whether ``value`` passes the checked test; a missing value gives false."""
    if isinstance(test, Missing):
        return value.isnull()
    engine_type: Any = ENGINE_TYPES[type_]
    if type_ == "decimal":
        value = _comparable(value, test)
        engine_type = value.type()

    def literal(one: Value) -> ir.Value:
        return ibis.literal(one, type=engine_type)

    return certain(_asked(test, value, literal, as_of))


@singledispatch
def _asked(
    test: object,
    value: ir.Value,  # noqa: ARG001 the others take it
    literal: Literal,  # noqa: ARG001 the same
    as_of: date,  # noqa: ARG001 the same
) -> ir.BooleanValue:
    raise RuleError(f"{test!r} cannot be compiled")


@_asked.register
def _(test: Compare, value: ir.Value, literal: Literal, _as_of: date) -> ir.BooleanValue:
    return _COMPARE[test.operator](value, literal(test.value))


@_asked.register
def _(test: Between, value: ir.Value, literal: Literal, _as_of: date) -> ir.BooleanValue:
    return (value >= literal(test.low)) & (value <= literal(test.high))


@_asked.register
def _(test: OneOf, value: ir.Value, literal: Literal, _as_of: date) -> ir.BooleanValue:
    return value.isin([literal(one) for one in test.values])


@_asked.register
def _(test: NoneOf, value: ir.Value, literal: Literal, _as_of: date) -> ir.BooleanValue:
    return value.notin([literal(one) for one in test.values])


@_asked.register
def _(test: Contains, value: ir.Value, _literal: Literal, _as_of: date) -> ir.BooleanValue:
    return value.contains(test.text)


@_asked.register
def _(test: StartsWith, value: ir.Value, _literal: Literal, _as_of: date) -> ir.BooleanValue:
    return value.startswith(test.text)


@_asked.register
def _(test: InLastDays, value: ir.Value, literal: Literal, as_of: date) -> ir.BooleanValue:
    return (value >= literal(as_of - timedelta(days=test.days))) & (value < literal(as_of))


def _comparable(value: ir.Value, test: Test) -> ir.Value:
    """Return the value with room for the test's decimals: Ibis compares equal scales only."""
    asked = [one for key in ("value", "low", "high") if (one := getattr(test, key, None))]
    asked += getattr(test, "values", ())
    places = max((-_exponent(one) for one in asked if isinstance(one, Decimal)), default=0)
    held = value.type()
    if held.is_decimal() and held.scale >= places:
        return value
    return value.cast(f"decimal(38, {DECIMAL_PLACES})")


def _exponent(value: Decimal) -> int:
    exponent = value.normalize().as_tuple().exponent
    return exponent if isinstance(exponent, int) else 0
