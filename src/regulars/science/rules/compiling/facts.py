"""What members did, as per-member aggregates: one pass over a fact's table, whatever is asked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import ibis
import ibis.expr.types as ir

from regulars.science.rules.compiling.aggregates import aggregated
from regulars.science.rules.compiling.leaves import Aggregate
from regulars.science.rules.compiling.sources import Sources
from regulars.science.rules.compiling.window import ALWAYS, alias, first_day
from regulars.science.rules.nodes import (
    And,
    ColumnIs,
    Distinct,
    First,
    Highest,
    Last,
    Lowest,
    Node,
    Not,
    Or,
    SinceJoining,
    Sum,
    Window,
)
from regulars.science.rules.vocabulary import Fact


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
        for joining in (False, True):
            # When members joined is looked up for windows that begin then, and for no others.
            mine = {
                one: names[one] for one in wanted if isinstance(one.window, SinceJoining) == joining
            }
            if mine:
                known = with_joining(sources, rows) if joining else rows
                yield from aggregated(known, fact, mine, sources.as_of)


def fact_rows(
    sources: Sources, fact: Fact, asked: Iterable[str], windows: list[Window | None]
) -> ir.Table:
    """Return known facts of members, no older than the oldest window.

    Columns: member_id, day, moment, key_0 … and ``asked`` by their aliases.
    """
    rows = sources.rows(fact.table)
    earliest = min(first_day(window, sources.as_of) for window in windows)
    known = [rows["member_id"].notnull(), rows[fact.day] < sources.day()]
    if earliest > ALWAYS:
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
    return cut


def with_joining(sources: Sources, rows: ir.Table) -> ir.Table:
    """Return the rows with joined_on, from which some windows count."""
    members = sources.members().rename(joiner="member_id")
    return rows.left_join(members, rows["member_id"] == members["joiner"]).drop("joiner")


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


_OF_COLUMN = (Sum, Distinct, Highest, Lowest, First, Last)
