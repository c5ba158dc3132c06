"""Every rule that can be drawn means to the engine what it means to plain Python."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from regulars.science.rules import compile_rules, nodes
from tests.rules.drawn_rules import conditions, rules, sequences
from tests.rules.oracle import matched
from tests.rules.small_world import AS_OF, VOCABULARY, World, worlds

pytestmark = pytest.mark.slow

# An example compiles and runs several rules, which takes most of a second.
on_tables = settings(deadline=None, max_examples=10)


@on_tables
@given(worlds(), st.lists(rules, min_size=1, max_size=6))
def test_rules_mean_what_they_say(world: World, drawn: list[nodes.Node]) -> None:
    agree(world, drawn)


@on_tables
@given(worlds(max_facts=25), st.lists(sequences, min_size=1, max_size=6))
def test_sequences_with_many_facts(world: World, drawn: list[nodes.Node]) -> None:
    agree(world, drawn)


@on_tables
@given(worlds(), st.lists(conditions, min_size=10, max_size=16))
def test_many_rules_share_a_reading_without_mixing(world: World, drawn: list[nodes.Node]) -> None:
    agree(world, drawn)


def agree(world: World, drawn: list[nodes.Node]) -> None:
    named = {f"rule {n}": rule for n, rule in enumerate(drawn)}
    table = compile_rules(named, world, AS_OF, vocabulary=VOCABULARY).to_pyarrow()
    rows = table.to_pylist()
    assert sorted(row["member_id"] for row in rows) == ["m1", "m2", "m3", "m4", "m5"]
    for name, rule in named.items():
        assert {row["member_id"] for row in rows if row[name]} == matched(rule, world), rule
