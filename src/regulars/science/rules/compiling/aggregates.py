"""Aggregates of one fact's rows, with as few columns to keep up as the questions allow.

What an engine pays for is a state per member and aggregate: far more than fit near the processor,
so that each row of facts costs a slow look at each. Windows that end with the date share states: a
fact lies in such a window if the last one does, and a value is among the different ones if it was
there lately enough.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

import ibis
import ibis.expr.types as ir

from regulars.base.errors import RuleError
from regulars.science.rules.compiling.leaves import Aggregate
from regulars.science.rules.compiling.window import alias, counts, first_day
from regulars.science.rules.nodes import (
    Count,
    Distinct,
    First,
    Highest,
    Last,
    LastDays,
    Lowest,
    Node,
    Sum,
)
from regulars.science.rules.vocabulary import Fact

_REDUCED: Mapping[type, str] = {Sum: "sum", Highest: "max", Lowest: "min"}


def aggregated(
    rows: ir.Table, fact: Fact, names: Mapping[Aggregate, str], as_of: date
) -> Iterator[ir.Table]:
    """Yield tables of member_id and aggregates of ``fact_rows``, each called as ``names`` says."""
    whether = {one: name for one, name in names.items() if one.measure is None}
    values: dict[str, dict[Aggregate, str]] = {}
    for one, name in names.items():
        if isinstance(one.measure, Distinct):
            values.setdefault(one.measure.column, {})[one] = name
    if whether:
        yield _there(rows, fact, whether, as_of, by=("member_id",))
    for kind in (Count, Sum, Highest, Lowest, First, Last):
        alike = {
            name: _aggregate(rows, fact, one, as_of)
            for one, name in names.items()
            if isinstance(one.measure, kind)
        }
        if alike:
            yield rows.group_by("member_id").agg(**alike)
    for column, wanted in values.items():
        each = rows.filter(rows[alias(column)].notnull())
        there = _there(each, fact, wanted, as_of, by=("member_id", alias(column)))
        yield there.group_by("member_id").agg(
            **{name: there[name].sum().nullif(0) for name in wanted.values()}
        )


def _there(
    rows: ir.Table, fact: Fact, names: Mapping[Aggregate, str], as_of: date, *, by: tuple[str, ...]
) -> ir.Table:
    """Return, for each group of rows, which of the aggregates have any row to look at."""
    last: dict[Node | None, str] = {}
    for one in names:
        if _ends_now(one):
            last.setdefault(one.where, f"last_{len(last)}")
    days = {
        name: rows["day"].max(where=counts(rows, fact, None, where, as_of))
        for where, name in last.items()
    }
    others = {
        name: counts(rows, fact, one.window, one.where, as_of).any()
        for one, name in names.items()
        if not _ends_now(one)
    }
    found = rows.group_by(*by).agg(**days, **others)
    lately = {
        name: found[last[one.where]] >= ibis.literal(first_day(one.window, as_of), type="date")
        for one, name in names.items()
        if _ends_now(one)
    }
    return found.mutate(**lately).select(*by, *names.values())


def _ends_now(one: Aggregate) -> bool:
    return one.window is None or isinstance(one.window, LastDays)


def _aggregate(rows: ir.Table, fact: Fact, one: Aggregate, as_of: date) -> ir.Value:
    holds = counts(rows, fact, one.window, one.where, as_of)
    order = ["day", "moment", *(f"key_{n}" for n in range(len(fact.key)))]
    match one.measure:
        case Count():
            return rows.count(where=holds).nullif(0)
        case Sum() | Highest() | Lowest():
            reduced = getattr(rows[alias(one.measure.column)], _REDUCED[type(one.measure)])
            found: ir.Value = reduced(where=holds)
            return found
        case First():
            column = rows[alias(one.measure.column)]
            return column.first(where=holds, order_by=order, include_null=True)
        case Last():
            column = rows[alias(one.measure.column)]
            return column.last(where=holds, order_by=order, include_null=True)
    raise RuleError(f"{one.measure!r} cannot be compiled")
