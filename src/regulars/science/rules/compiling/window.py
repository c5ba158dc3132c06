"""Whether a fact lies in a window and meets a condition."""

from __future__ import annotations

from datetime import date, timedelta

import ibis
import ibis.expr.types as ir

from regulars.base.errors import RuleError
from regulars.science.rules.compiling.logic import certain, combined
from regulars.science.rules.compiling.questions import passes
from regulars.science.rules.nodes import (
    BetweenDates,
    ColumnIs,
    LastDays,
    Node,
    SinceJoining,
    Window,
)
from regulars.science.rules.vocabulary import Fact

ALWAYS = date(1, 1, 1)


def counts(
    rows: ir.Table, fact: Fact, window: Window | None, where: Node | None, as_of: date
) -> ir.BooleanValue:
    """Return whether a row of ``fact_rows`` lies in the window and meets the condition."""

    def leaf(node: Node) -> ir.BooleanValue:
        if not isinstance(node, ColumnIs):
            raise RuleError(f"{node!r} cannot be compiled inside where")
        return passes(node.test, rows[alias(node.column)], fact.by_name[node.column].type, as_of)

    inside = _inside(rows, window, as_of)
    return inside if where is None else inside & combined(where, leaf)


def alias(column: str) -> str:
    """Return the name that a column of rules has in ``fact_rows``, where no other can have it."""
    return f"column {column}"


def first_day(window: Window | None, as_of: date) -> date:
    """Return the first day that a window can hold."""
    match window:
        case LastDays():
            return as_of - timedelta(days=window.days)
        case BetweenDates():
            return window.first
    return ALWAYS


def _inside(rows: ir.Table, window: Window | None, as_of: date) -> ir.BooleanValue:
    day = rows["day"]
    match window:
        case None:
            # Every known fact has a day. A bare "true" would be no column, and cannot be counted.
            return day.notnull()
        case LastDays():
            return day >= ibis.literal(first_day(window, as_of), type="date")
        case BetweenDates():
            return day.between(
                ibis.literal(window.first, type="date"), ibis.literal(window.last, type="date")
            )
        case SinceJoining():
            since = day.delta(rows["joined_on"], unit="day")
            inside = since >= 0
            if window.days is not None:
                inside &= since < window.days
            return certain(inside)
    raise RuleError(f"{window!r} cannot be compiled")
