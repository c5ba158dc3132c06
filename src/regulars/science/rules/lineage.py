"""What a rule uses, and whom a change of it can touch."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir

from regulars.science.rules.checking import checked
from regulars.science.rules.compiling import Tables
from regulars.science.rules.compiling.facts import columns_of
from regulars.science.rules.compiling.leaves import Leaves, leaves_of
from regulars.science.rules.nodes import Node
from regulars.science.rules.vocabulary import Vocabulary


@dataclass(frozen=True, slots=True)
class Uses:
    """The names a rule depends on.

    Attributes:
        fields: Attributes and features.
        tags: Tags.
        facts: Facts, by their names in rules.
        columns: Columns of facts, as ``order.channel``.
        audiences: Ids of audiences.
        tables: Every table that is read to decide it.
        compared: Those of them that can move members whose own rows did not change, because the
            rule ranks members by them or looks things up in them.
    """

    fields: frozenset[str]
    tags: frozenset[str]
    facts: frozenset[str]
    columns: frozenset[str]
    audiences: frozenset[str]
    tables: frozenset[str]
    compared: frozenset[str]


def uses(rule: Node, vocabulary: Vocabulary) -> Uses:
    """Return what the rule uses; raise ``RuleError`` when it does not fit the vocabulary."""
    leaves = leaves_of([checked(rule, vocabulary)])
    ranked = {rank.field for rank in leaves.ranks}
    named = {*leaves.fields, *ranked}
    looked_at = set(_looked_at(leaves))
    facts = {vocabulary.facts[name] for name, _ in looked_at}
    vias = {vocabulary.facts[name].by_name[column].via for name, column in looked_at if column} - {
        ""
    }
    compared = {vocabulary.fields[name].table for name in ranked}
    return Uses(
        fields=frozenset(name for name in named if not name.startswith("tag.")),
        tags=frozenset(name for name in named if name.startswith("tag.")),
        facts=frozenset(fact.name for fact in facts),
        columns=frozenset(f"{name}.{column}" for name, column in looked_at if column),
        audiences=frozenset(leaves.audiences),
        tables=frozenset(
            {
                vocabulary.members,
                *(vocabulary.fields[name].table for name in named),
                *(fact.table for fact in facts),
                *vias,
                *({vocabulary.audience_members} if leaves.audiences else ()),
            }
        ),
        # Who is a member at all decides how many are ranked.
        compared=frozenset({*compared, *vias, *({vocabulary.members} if ranked else ())}),
    )


def touched_members(
    rule: Node, tables: Tables, changed: Mapping[str, ir.Table], *, vocabulary: Vocabulary
) -> ir.Table:
    """Return ``member_id`` of every member whose answer may differ after a change, at one as_of.

    ``changed`` gives, by name of a table, the ``member_id`` of rows that came, went or differ, in
    the table's old or new state; of a table without members anything. All others keep their answer:
    evaluating the rule among those returned brings all answers up to date.
    """
    used = uses(rule, vocabulary)
    everybody = tables.table(vocabulary.members).select("member_id")
    if used.compared & set(changed):
        return everybody
    moved = [changed[name].select("member_id") for name in sorted(used.tables & set(changed))]
    if not moved:
        return everybody.limit(0)
    return ibis.union(*moved).distinct() if len(moved) > 1 else moved[0].distinct()


def _looked_at(leaves: Leaves) -> Iterator[tuple[str, str]]:
    """Yield fact and column of every column of facts that is asked; the column may be empty."""
    for one in leaves.aggregates:
        yield one.fact, getattr(one.measure, "column", "")
        yield from ((one.fact, column) for column in columns_of(one.where))
    for step in (step for sequence in leaves.sequences for step in sequence.steps):
        yield step.fact, ""
        yield from ((step.fact, column) for column in columns_of(step.where))
