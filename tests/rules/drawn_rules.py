"""Random rules over the small world's vocabulary, of every kind of part."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from regulars.science.rules import nodes
from tests.rules.small_world import VOCABULARY, days, money, numbers, on, texts, wholes

genders = st.sampled_from(("female", "male"))
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "text": texts,
    "integer": wholes,
    "decimal": money,
    "number": numbers,
    "boolean": st.booleans(),
    "date": days,
}
ORDERED = {"integer", "decimal", "number", "date"}
short = st.integers(1, 12)


def fitting_tests(
    type_: str, values: st.SearchStrategy[Any] | None = None
) -> st.SearchStrategy[Any]:
    """Return a strategy of tests that fit the type."""
    values = VALUES[type_] if values is None else values
    several = st.lists(values, min_size=1, max_size=3).map(tuple)
    operators = nodes.OPERATORS if type_ in ORDERED else ("=", "!=")
    fitting: list[st.SearchStrategy[Any]] = [
        st.builds(nodes.Compare, st.sampled_from(operators), values),
        st.builds(nodes.OneOf, several),
        st.builds(nodes.NoneOf, several),
        st.just(nodes.Missing()),
    ]
    if type_ in ORDERED:
        fitting.append(st.tuples(values, values).map(lambda two: nodes.Between(min(two), max(two))))
    if type_ == "text":
        some = st.sampled_from(("w", "e", "%", "_", "b", "é"))
        fitting += [st.builds(nodes.Contains, some), st.builds(nodes.StartsWith, some)]
    if type_ == "date":
        fitting.append(st.builds(nodes.InLastDays, short))
    return st.one_of(fitting)


def branching(leaves: st.SearchStrategy[Any], size: int) -> st.SearchStrategy[Any]:
    """Return a strategy of and, or, not over the leaves."""
    return st.recursive(
        leaves,
        lambda inner: st.one_of(
            st.builds(nodes.And, st.lists(inner, min_size=2, max_size=3).map(tuple)),
            st.builds(nodes.Or, st.lists(inner, min_size=2, max_size=3).map(tuple)),
            st.builds(nodes.Not, inner),
        ),
        max_leaves=size,
    )


def value_is(name: str) -> st.SearchStrategy[Any]:
    field = VOCABULARY.fields[name]
    values = genders if field.allowed else None
    return st.builds(nodes.ValueIs, st.just(name), fitting_tests(field.type, values))


def rows(fact: str) -> st.SearchStrategy[Any]:
    """Return a strategy of conditions on one fact."""
    leaves = [
        st.builds(nodes.ColumnIs, st.just(column.name), fitting_tests(column.type))
        for column in VOCABULARY.facts[fact].columns
    ]
    return branching(st.one_of(leaves), 3)


windows = st.one_of(
    st.none(),
    st.builds(nodes.LastDays, short),
    st.tuples(days, days).map(lambda two: nodes.BetweenDates(min(two), max(two))),
    st.builds(nodes.SinceJoining, st.one_of(st.none(), short)),
    st.just(nodes.BetweenDates(on(12), on(28))),
)


def measures(fact: str) -> st.SearchStrategy[tuple[Any, Any]]:
    """Return a strategy of measures with tests that fit them."""
    counted = fitting_tests("integer", st.integers(2, 4))
    fitting: list[Any] = [st.just((None, None)), st.tuples(st.just(nodes.Count()), counted)]
    for column in VOCABULARY.facts[fact].columns:
        ends = st.one_of(st.just(nodes.First(column.name)), st.just(nodes.Last(column.name)))
        fitting.append(st.tuples(ends, fitting_tests(column.type)))
        fitting.append(st.tuples(st.just(nodes.Distinct(column.name)), counted))
        if column.type not in {"text", "boolean"}:
            extremes = st.sampled_from((nodes.Highest(column.name), nodes.Lowest(column.name)))
            fitting.append(st.tuples(extremes, fitting_tests(column.type)))
        if column.type in {"integer", "decimal"}:
            fitting.append(st.tuples(st.just(nodes.Sum(column.name)), fitting_tests(column.type)))
    return st.one_of(fitting)


def did(fact: str) -> st.SearchStrategy[Any]:
    where = st.one_of(st.none(), rows(fact))
    return st.tuples(windows, where, measures(fact)).map(
        lambda drawn: nodes.Did(fact, drawn[0], drawn[1], *drawn[2])
    )


facts = st.sampled_from(("order", "event"))


def steps_of(fact: str) -> st.SearchStrategy[Any]:
    gaps = st.one_of(st.none(), st.integers(0, 4))
    where = st.one_of(st.none(), rows(fact))
    return st.builds(nodes.Step, st.just(fact), where, gaps, st.booleans())


def sequence_of(drawn: tuple[list[Any], Any]) -> Any:
    """Return a legal sequence of the steps: the first is done, gaps are where they may be."""
    steps, window = drawn
    legal = []
    for n, step in enumerate(steps):
        absent = step.absent and n > 0
        follows = any(not later.absent for later in steps[n + 1 :])
        gap = None if n == 0 or (absent and follows) else step.within_days
        legal.append(nodes.Step(step.fact, step.where, gap, absent))
    return nodes.Sequence(tuple(legal), window)


sequences = st.tuples(st.lists(facts.flatmap(steps_of), min_size=2, max_size=4), windows).map(
    sequence_of
)
ranked = st.sampled_from(
    ("feature.frequency", "feature.monetary", "feature.risk", "attribute.joined_on", "tag.children")
)
bounds = st.tuples(st.integers(0, 100), st.integers(0, 100)).filter(lambda two: two[0] != two[1])
ranks = st.one_of(
    st.tuples(ranked, bounds).map(
        lambda drawn: nodes.InPercentiles(drawn[0], min(drawn[1]), max(drawn[1]))
    ),
    st.builds(nodes.InTop, ranked, st.integers(1, 4)),
    st.builds(nodes.InBottom, ranked, st.integers(1, 4)),
)
audience = st.sampled_from("abc")
several = st.lists(audience, min_size=1, max_size=3).map(tuple)
audiences = st.one_of(
    st.builds(nodes.InAudience, audience),
    st.builds(nodes.InUnion, several),
    st.builds(nodes.InIntersection, several),
    st.builds(nodes.InDifference, audience, several),
)
values = st.sampled_from(tuple(VOCABULARY.fields)).flatmap(value_is)
conditions = st.one_of(values, facts.flatmap(did), sequences, ranks, audiences)
rules: st.SearchStrategy[Any] = branching(conditions, 5)
