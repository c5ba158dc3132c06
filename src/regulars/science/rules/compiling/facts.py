"""What members did, as per-member aggregates: one pass over a fact's table, whatever is asked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta

import ibis
import ibis.expr.types as ir

from regulars.base.errors import RuleError
from regulars.science.rules.compiling.leaves import Aggregate
from regulars.science.rules.compiling.logic import certain, combined
from regulars.science.rules.compiling.questions import passes
from regulars.science.rules.compiling.sources import Sources
from regulars.science.rules.nodes import (
    And,
    BetweenDates,
    ColumnIs,
    Count,
    Distinct,
    First,
    Highest,
    Last,
    LastDays,
    Lowest,
    Node,
    Not,
    Or,
    SinceJoining,
    Sum,
    Window,
)
from regulars.science.rules.vocabulary import Fact

_ALWAYS = date(1, 1, 1)


def fact_tables(sources: Sources, names: Mapping[Aggregate, str]) -> Iterator[ir.Table]:
    """Yield, for each fact, member_id and aggregates; ``names`` gives each its column."""
    groups: dict[str, list[Aggregate]] = {}
    for one in names:
        groups.setdefault(one.fact, []).append(one)
    for name, wanted in groups.items():
        fact = sources.vocabulary.facts[name]
        asked = {column for one in wanted for column in columns_of(one.where)}
        asked |= {one.measure.column for one in wanted if isinstance(one.measure, _OF_COLUMN)}
        rows = fact_rows(sources, fact, asked, [one.window for one in wanted])
        yield rows.group_by("member_id").agg(
            **{names[one]: _aggregate(rows, fact, one, sources.as_of) for one in wanted}
        )


def fact_rows(
    sources: Sources, fact: Fact, asked: Iterable[str], windows: list[Window | None]
) -> ir.Table:
    """Return known facts of members, no older than the oldest window.

    Columns: member_id, day, moment, key_0 …, ``asked`` by their aliases, and joined_on when a
    window counts from it.
    """
    rows = sources.rows(fact.table)
    earliest = min(_first_day(window, sources.as_of) for window in windows)
    known = [rows["member_id"].notnull(), rows[fact.day] < sources.day()]
    if earliest > _ALWAYS:
        known.append(rows[fact.day] >= ibis.literal(earliest, type="date"))
    rows = rows.filter(known)
    columns = [fact.by_name[name] for name in sorted(asked)]
    vias = {column.via: column.key for column in columns if column.via}
    cut = rows.select(
        "member_id",
        day=rows[fact.day],
        moment=rows[fact.moment],
        **{f"key_{n}": rows[name] for n, name in enumerate(fact.key)},
        **{alias(column.name): rows[column.column] for column in columns if not column.via},
        **{f"to_{via}": rows[key] for via, key in vias.items()},
    )
    for via, key in vias.items():
        there = sources.tables.table(via)
        there = there.select(
            **{f"of_{via}": there[key]},
            **{alias(one.name): there[one.column] for one in columns if one.via == via},
        )
        cut = cut.left_join(there, cut[f"to_{via}"] == there[f"of_{via}"])
        cut = cut.drop(f"to_{via}", f"of_{via}")
    if any(isinstance(window, SinceJoining) for window in windows):
        members = sources.members().rename(joiner="member_id")
        cut = cut.left_join(members, cut["member_id"] == members["joiner"]).drop("joiner")
    return cut


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


def columns_of(node: Node | None) -> Iterator[str]:
    """Yield the names of the columns that a condition on facts asks."""
    match node:
        case And() | Or():
            for one in node.of:
                yield from columns_of(one)
        case Not():
            yield from columns_of(node.of)
        case ColumnIs():
            yield node.column


def _aggregate(rows: ir.Table, fact: Fact, one: Aggregate, as_of: date) -> ir.Value:
    holds = counts(rows, fact, one.window, one.where, as_of)
    order = ["day", "moment", *(f"key_{n}" for n in range(len(fact.key)))]
    match one.measure:
        case None:
            return holds.any()
        case Count():
            return rows.count(where=holds).nullif(0)
        case Sum() | Highest() | Lowest():
            reduced = getattr(rows[alias(one.measure.column)], _REDUCED[type(one.measure)])
            found: ir.Value = reduced(where=holds)
            return found
        case Distinct():
            return rows[alias(one.measure.column)].nunique(where=holds).nullif(0)
        case First():
            column = rows[alias(one.measure.column)]
            return column.first(where=holds, order_by=order, include_null=True)
        case Last():
            column = rows[alias(one.measure.column)]
            return column.last(where=holds, order_by=order, include_null=True)
    raise RuleError(f"{one.measure!r} cannot be compiled")


def _inside(rows: ir.Table, window: Window | None, as_of: date) -> ir.BooleanValue:
    day = rows["day"]
    match window:
        case None:
            # Every known fact has a day. A bare "true" would be no column, and cannot be counted.
            return day.notnull()
        case LastDays():
            return day >= ibis.literal(_first_day(window, as_of), type="date")
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


def _first_day(window: Window | None, as_of: date) -> date:
    match window:
        case LastDays():
            return as_of - timedelta(days=window.days)
        case BetweenDates():
            return window.first
    return _ALWAYS


_REDUCED: Mapping[type, str] = {Sum: "sum", Highest: "max", Lowest: "min"}
_OF_COLUMN = (Sum, Distinct, Highest, Lowest, First, Last)
