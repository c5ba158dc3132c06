"""Choices and amounts: the first rule that holds, and numbers worked by hand."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from regulars.base.errors import RuleError
from regulars.science.rules import Cases, amount_from_text, compile_choices, nodes
from tests.rules.drawn_rules import rules
from tests.rules.oracle import matched
from tests.rules.small_world import AS_OF, VOCABULARY, World, worlds
from tests.rules.test_by_hand import WORLD

AMOUNTS: dict[str, dict[str, Any]] = {
    "did order sum net_amount": {"ann": 30.0, "bob": 10.0},
    "did order count": {"ann": 2.0, "bob": 1.0},
    "did order highest net_amount": {"ann": 20.0, "bob": 10.0},
    "did order lowest net_amount": {"ann": 10.0, "bob": 10.0},
    "did order last channel": {"ann": "web"},
    "attribute.gender": {"ann": "female", "bob": "male", "dan": "male"},
    "feature.monetary": {"ann": 30.0, "bob": 10.0, "dan": 10.0},
    "did order sum net_amount per did order count": {"ann": 15.0, "bob": 10.0},
    'did order where channel = "web" count per did order count': {"ann": 0.5, "bob": 0.0},
    "did order sum net_amount per feature.monetary": {"ann": 1.0, "bob": 1.0, "dan": 0.0},
    "feature.monetary per did order count": {"ann": 15.0, "bob": 10.0},
}


def values(table: Any, name: str) -> dict[str, Any]:
    rows = table.to_pyarrow().to_pylist()
    return {row["member_id"]: row[name] for row in rows if row[name] is not None}


@settings(deadline=None, max_examples=8)
@given(worlds(), st.lists(rules, min_size=1, max_size=4), st.sampled_from((None, "rest")))
def test_the_first_rule_that_holds(
    world: World, drawn: list[nodes.Node], otherwise: str | None
) -> None:
    choice = Cases(tuple((f"v{n}", rule) for n, rule in enumerate(drawn)), otherwise)
    table = compile_choices({"tag": choice}, world, AS_OF, vocabulary=VOCABULARY)
    held = [matched(rule, world) for rule in drawn]
    wanted = {}
    for member in ("m1", "m2", "m3", "m4", "m5"):
        first = next((f"v{n}" for n, found in enumerate(held) if member in found), otherwise)
        if first is not None:
            wanted[member] = first
    assert values(table, "tag") == wanted


@pytest.mark.parametrize("text", AMOUNTS)
def test_amounts_by_hand(text: str) -> None:
    amount = amount_from_text(text, VOCABULARY)
    table = compile_choices({"tag": amount}, WORLD, AS_OF, vocabulary=VOCABULARY)
    assert values(table, "tag") == AMOUNTS[text]


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("did order", "character 1"),
        ("feature.monetari", "character 1"),
        ("did order sum channel per did order count", "character 15"),
        ("did order count per did order last channel", "character 21"),
        ("did order count count", "character 17"),
        ("did order count per", "character 20"),
        ("in audience a", "character 4"),
    ],
)
def test_refused_with_the_place(text: str, where: str) -> None:
    with pytest.raises(RuleError) as caught:
        amount_from_text(text, VOCABULARY)
    assert caught.value.where == where
