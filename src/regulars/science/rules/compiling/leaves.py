"""The conditions of rules that need a column of their own, each once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from regulars.science.rules.nodes import (
    And,
    Did,
    InAudience,
    InBottom,
    InDifference,
    InIntersection,
    InPercentiles,
    InTop,
    InUnion,
    Measure,
    Missing,
    Node,
    Not,
    Or,
    Sequence,
    ValueIs,
    Window,
)

Rank = InPercentiles | InTop | InBottom


@dataclass(frozen=True, slots=True)
class Aggregate:
    """What some of a member's facts come to; without a measure, whether there are any."""

    fact: str
    window: Window | None
    where: Node | None
    measure: Measure | None


@dataclass(slots=True)
class Leaves:
    """What must be known of each member to decide the rules; keys keep the order they came in."""

    fields: dict[str, None] = field(default_factory=dict)
    aggregates: dict[Aggregate, None] = field(default_factory=dict)
    sequences: dict[Sequence, None] = field(default_factory=dict)
    ranks: dict[Rank, None] = field(default_factory=dict)
    audiences: dict[str, None] = field(default_factory=dict)


def leaves_of(rules: Iterable[Node]) -> Leaves:
    """Return what checked rules ask of members, over all of them together."""
    found = Leaves()
    for node in (leaf for rule in rules for leaf in member_leaves(rule)):
        match node:
            case ValueIs():
                found.fields[node.field] = None
            case Did():
                found.aggregates.update(dict.fromkeys(aggregates_of(node)))
            case Sequence():
                found.sequences[node] = None
            case InPercentiles() | InTop() | InBottom():
                found.ranks[node] = None
            case InAudience() | InUnion() | InIntersection() | InDifference():
                found.audiences.update(dict.fromkeys(audiences_of(node)))
    return found


def member_leaves(node: Node) -> Iterator[Node]:
    """Yield the conditions on members that are neither and, or nor not."""
    match node:
        case And() | Or():
            for one in node.of:
                yield from member_leaves(one)
        case Not():
            yield from member_leaves(node.of)
        case _:
            yield node


def aggregates_of(node: Did) -> tuple[Aggregate, ...]:
    """Return what must be known for the condition: the measure, or whether there are facts.

    Whether the measure is missing can be asked of those who have facts only, so it needs both.
    """
    facts = Aggregate(node.fact, node.window, node.where, None)
    if node.measure is None:
        return (facts,)
    measured = Aggregate(node.fact, node.window, node.where, node.measure)
    return (measured, facts) if isinstance(node.test, Missing) else (measured,)


def audiences_of(
    node: InAudience | InUnion | InIntersection | InDifference,
) -> tuple[str, ...]:
    """Return the ids the condition names."""
    match node:
        case InAudience():
            return (node.audience,)
        case InDifference():
            return (node.audience, *node.without)
        case _:
            return node.audiences
