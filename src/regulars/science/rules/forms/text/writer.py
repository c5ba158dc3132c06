"""Rules as text that the parser reads back to the same tree: one small function per part."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from decimal import Decimal
from functools import singledispatch
from typing import TypeVar

from regulars.base.errors import RuleError
from regulars.science.rules import nodes
from regulars.science.rules.nodes import Node, Value
from regulars.science.rules.vocabulary import NAME, RESERVED

T = TypeVar("T")


@singledispatch
def written(part: object) -> str:
    """Return the condition, test, window, measure or step as text."""
    raise RuleError(f"{part!r} has no text")


@written.register
def _(node: nodes.And | nodes.Or) -> str:
    return f" {node.kind} ".join(_enclosed(one, node) for one in node.of)


@written.register
def _(node: nodes.Not) -> str:
    if isinstance(node.of, nodes.Did) and node.of.measure is None:
        return written(node.of).replace("did", "did not", 1)
    return f"not {_enclosed(node.of, node)}"


@written.register
def _(node: nodes.ValueIs) -> str:
    return f"{node.field} {written(node.test)}"


@written.register
def _(node: nodes.ColumnIs) -> str:
    return f"{node.column} {written(node.test)}"


@written.register
def _(node: nodes.Did) -> str:
    parts = (node.window, node.measure, node.test)
    window, measure, test = (written(part) if part else "" for part in parts)
    return _spaced("did", node.fact, window, _where(node.where), measure, test)


@written.register
def _(node: nodes.Sequence) -> str:
    window = written(node.window) if node.window else ""
    return _spaced("sequence", window, f"({' then '.join(map(written, node.steps))})")


@written.register
def _(step: nodes.Step) -> str:
    within = "" if step.within_days is None else f"within {step.within_days} days"
    return _spaced("not" if step.absent else "", step.fact, _where(step.where), within)


@written.register
def _(node: nodes.InPercentiles) -> str:
    return f"{node.field} in percentiles {node.low} to {node.high}"


@written.register
def _(node: nodes.InTop) -> str:
    return f"{node.field} in top {node.count}"


@written.register
def _(node: nodes.InBottom) -> str:
    return f"{node.field} in bottom {node.count}"


@written.register
def _(node: nodes.InAudience) -> str:
    return f"in audience {_name(node.audience)}"


@written.register
def _(node: nodes.InUnion) -> str:
    return f"in any audience of {_list(node.audiences, _name)}"


@written.register
def _(node: nodes.InIntersection) -> str:
    return f"in every audience of {_list(node.audiences, _name)}"


@written.register
def _(node: nodes.InDifference) -> str:
    return f"in audience {_name(node.audience)} except {_list(node.without, _name)}"


@written.register
def _(test: nodes.Compare) -> str:
    return f"{test.operator} {_value(test.value)}"


@written.register
def _(test: nodes.Between) -> str:
    return f"between {_value(test.low)} and {_value(test.high)}"


@written.register
def _(test: nodes.OneOf) -> str:
    return f"in {_list(test.values, _value)}"


@written.register
def _(test: nodes.NoneOf) -> str:
    return f"not in {_list(test.values, _value)}"


@written.register
def _(_test: nodes.Missing) -> str:
    return "is missing"


@written.register
def _(test: nodes.Contains) -> str:
    return f"contains {_value(test.text)}"


@written.register
def _(test: nodes.StartsWith) -> str:
    return f"starts with {_value(test.text)}"


@written.register
def _(part: nodes.InLastDays | nodes.LastDays) -> str:
    return f"in last {part.days} days"


@written.register
def _(window: nodes.BetweenDates) -> str:
    return f"between {window.first.isoformat()} and {window.last.isoformat()}"


@written.register
def _(window: nodes.SinceJoining) -> str:
    first = "" if window.days is None else f"in first {window.days} days"
    return _spaced(first, "since joining")


@written.register
def _(_measure: nodes.Count) -> str:
    return "count"


@written.register
def _(
    measure: nodes.Sum | nodes.Distinct | nodes.Highest | nodes.Lowest | nodes.First | nodes.Last,
) -> str:
    return f"{measure.kind} {measure.column}"


def _enclosed(node: Node, around: Node | None = None) -> str:
    """Return the condition, in parentheses where it would else be read as something else."""
    binds_closer = isinstance(node, nodes.And) and isinstance(around, nodes.Or)
    plain = binds_closer or not isinstance(node, nodes.And | nodes.Or)
    return written(node) if plain else f"({written(node)})"


def _where(node: Node | None) -> str:
    return "" if node is None else f"where {_enclosed(node)}"


def _value(value: Value) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return json.dumps(value, ensure_ascii=False)
        case date():
            return value.isoformat()
        case Decimal():
            return format(value, "f")
    return repr(value)


def _name(audience: str) -> str:
    plain = NAME.fullmatch(audience) and audience not in RESERVED
    return audience if plain else json.dumps(audience, ensure_ascii=False)


def _list(several: Sequence[T], one: Callable[[T], str]) -> str:
    return f"({', '.join(map(one, several))})"


def _spaced(*parts: str) -> str:
    words: Iterable[str] = filter(None, parts)
    return " ".join(words)
