"""The one compiler of rules: a sheet with a row per member, and a decision per rule.

Every rule is a boolean expression over columns of the sheet; conditions that ask for the same thing
share a column, and columns that come from one table share one reading of it. So many rules cost
little more than the tables they read.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from datetime import date
from typing import TypeVar

import ibis.expr.types as ir

from regulars.base.errors import RuleError
from regulars.science.facts import checked_date
from regulars.science.rules.checking import checked
from regulars.science.rules.compiling.audiences import audience_tables
from regulars.science.rules.compiling.facts import fact_tables
from regulars.science.rules.compiling.leaves import (
    Leaves,
    aggregates_of,
    audiences_of,
    leaves_of,
)
from regulars.science.rules.compiling.logic import all_of, any_of, certain, combined
from regulars.science.rules.compiling.questions import passes
from regulars.science.rules.compiling.ranks import rank_tables
from regulars.science.rules.compiling.sequences import sequence_table
from regulars.science.rules.compiling.sources import Sources, Tables, joined
from regulars.science.rules.compiling.values import value_tables
from regulars.science.rules.nodes import (
    Did,
    First,
    Highest,
    InAudience,
    InBottom,
    InDifference,
    InIntersection,
    InPercentiles,
    InTop,
    InUnion,
    Last,
    Lowest,
    Node,
    Sequence,
    Sum,
    ValueIs,
)
from regulars.science.rules.vocabulary import ValueType, Vocabulary

K = TypeVar("K", bound=Hashable)


def compile_rule(
    rule: Node,
    tables: Tables,
    as_of: date,
    *,
    vocabulary: Vocabulary,
    among: ir.Table | None = None,
) -> ir.Table:
    """Return ``member_id`` of the members for whom the rule holds as of the date.

    ``tables`` hands out the tables the vocabulary names. ``among`` (with member_id) asks for those
    members only: they are decided as they would be among all, whose ranks still count.

    Raises:
        RuleError: The rule does not fit the vocabulary; ``where`` is the part's path.
    """
    decided = compile_rules({"holds": rule}, tables, as_of, vocabulary=vocabulary, among=among)
    return decided.filter(decided["holds"]).select("member_id")


def compile_rules(
    rules: Mapping[str, Node],
    tables: Tables,
    as_of: date,
    *,
    vocabulary: Vocabulary,
    among: ir.Table | None = None,
) -> ir.Table:
    """Return ``member_id`` of every member and a boolean column per rule, by the rules' names.

    Each table is read once for all rules. Arguments and errors as ``compile_rule``.
    """
    fitting = {name: checked(rule, vocabulary) for name, rule in rules.items()}
    sources = Sources(tables, vocabulary, checked_date(as_of), among)
    sheet = Sheet(sources, leaves_of(fitting.values()))
    decisions = {name: combined(rule, sheet.decide) for name, rule in fitting.items()}
    return sheet.rows.select("member_id", **decisions)


class Sheet:
    """A row per member asked for, with a column per value, aggregate, rank and audience."""

    def __init__(self, sources: Sources, leaves: Leaves) -> None:
        self._sources = sources
        self._fields = _numbered("value", leaves.fields)
        self._aggregates = _numbered("fact", leaves.aggregates)
        self._sequences = _numbered("sequence", leaves.sequences)
        self._ranks = _numbered("rank", leaves.ranks)
        self._audiences = _numbered("audience", leaves.audiences)
        self.rows: ir.Table = joined(
            sources.members().select("member_id"),
            [
                *value_tables(sources, self._fields),
                *fact_tables(sources, self._aggregates),
                *(sequence_table(sources, one, name) for one, name in self._sequences.items()),
                *rank_tables(sources, self._ranks),
                *audience_tables(sources, self._audiences),
            ],
        )

    def decide(self, node: Node) -> ir.BooleanValue:
        """Return whether the condition, which is neither and, or nor not, holds for a row."""
        match node:
            case ValueIs():
                type_ = self._sources.vocabulary.fields[node.field].type
                value = self.rows[self._fields[node.field]]
                return passes(node.test, value, type_, self._sources.as_of)
            case Did():
                return self._did(node)
            case Sequence():
                return self._flag(self._sequences[node])
            case InPercentiles() | InTop() | InBottom():
                return self._flag(self._ranks[node])
            case InAudience() | InUnion() | InIntersection() | InDifference():
                return self._in_audiences(node)
        raise RuleError(f"{node!r} cannot be compiled")

    def value(self, node: Node) -> ir.Value:
        """Return the value that a condition, ``ValueIs`` or ``Did`` with a measure, is about."""
        if isinstance(node, ValueIs):
            return self.rows[self._fields[node.field]]
        if isinstance(node, Did):
            return self.rows[self._aggregates[aggregates_of(node)[0]]]
        raise RuleError(f"{node!r} is no value")

    def _in_audiences(
        self, node: InAudience | InUnion | InIntersection | InDifference
    ) -> ir.BooleanValue:
        flags = [self._flag(self._audiences[one]) for one in audiences_of(node)]
        match node:
            case InDifference():
                return flags[0] & ~any_of(flags[1:])
            case InUnion():
                return any_of(flags)
        return all_of(flags)

    def _did(self, node: Did) -> ir.BooleanValue:
        first, *rest = (self._aggregates[one] for one in aggregates_of(node))
        if node.measure is None or node.test is None:
            return self._flag(first)
        type_: ValueType = "integer"
        if isinstance(node.measure, Sum | Highest | Lowest | First | Last):
            fact = self._sources.vocabulary.facts[node.fact]
            type_ = fact.by_name[node.measure.column].type
        tested = passes(node.test, self.rows[first], type_, self._sources.as_of)
        return all_of([tested, *map(self._flag, rest)])

    def _flag(self, column: str) -> ir.BooleanValue:
        return certain(self.rows[column])


def _numbered(what: str, wanted: Iterable[K]) -> dict[K, str]:
    return {one: f"{what}_{n}" for n, one in enumerate(wanted)}
