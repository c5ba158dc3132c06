"""Tree, JSON and text say the same, whichever way a rule goes between them."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings

from regulars.science.rules import checked, from_json, from_text, nodes, to_json, to_text
from tests.rules.drawn_rules import rules
from tests.rules.small_world import VOCABULARY


@settings(deadline=None, max_examples=100)
@given(rules)
def test_there_and_back(rule: nodes.Node) -> None:
    same(checked(rule, VOCABULARY), rule)
    document = json.loads(json.dumps(to_json(rule)))
    same(from_json(document, VOCABULARY), rule)
    same(from_text(to_text(rule), VOCABULARY), rule)


def same(found: nodes.Node, wanted: nodes.Node) -> None:
    # Equality would take 1, 1.0, True and Decimal(1) for one another; what is printed tells.
    assert repr(found) == repr(wanted)


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        (
            "feature.frequency >= 3 and did order where items = 2 count >= 2 and not in audience a",
            nodes.And(
                (
                    nodes.ValueIs("feature.frequency", nodes.Compare(">=", 3)),
                    nodes.Did(
                        "order",
                        None,
                        nodes.ColumnIs("items", nodes.Compare("=", 2)),
                        nodes.Count(),
                        nodes.Compare(">=", 2),
                    ),
                    nodes.Not(nodes.InAudience("a")),
                )
            ),
        ),
        (
            "did not order between 2024-01-01 and 2024-01-31",
            nodes.Not(nodes.Did("order", nodes.BetweenDates(date(2024, 1, 1), date(2024, 1, 31)))),
        ),
        (
            "sequence since joining (event then not event then order within 7 days)",
            nodes.Sequence(
                (
                    nodes.Step("event"),
                    nodes.Step("event", absent=True),
                    nodes.Step("order", within_days=7),
                ),
                nodes.SinceJoining(),
            ),
        ),
        (
            'did order where (channel = "web" or items > 2) sum net_amount >= 99.5',
            nodes.Did(
                "order",
                None,
                nodes.Or(
                    (
                        nodes.ColumnIs("channel", nodes.Compare("=", "web")),
                        nodes.ColumnIs("items", nodes.Compare(">", 2)),
                    )
                ),
                nodes.Sum("net_amount"),
                nodes.Compare(">=", Decimal("99.5")),
            ),
        ),
        (
            "feature.monetary in percentiles 90 to 100 or in audience a except (b, c)",
            nodes.Or(
                (
                    nodes.InPercentiles("feature.monetary", 90, 100),
                    nodes.InDifference("a", ("b", "c")),
                )
            ),
        ),
    ],
)
def test_texts_people_write(text: str, rule: nodes.Node) -> None:
    same(from_text(text, VOCABULARY), rule)
    assert to_text(rule) == text


def test_a_document_as_programs_write_it() -> None:
    document: dict[str, Any] = {
        "version": 1,
        "rule": {
            "kind": "did",
            "fact": "order",
            "window": {"kind": "last_days", "days": 30},
            "where": {
                "kind": "column",
                "column": "net_amount",
                "test": {"kind": "between", "low": "10.00", "high": "99.90"},
            },
        },
    }
    rule = nodes.Did(
        "order",
        nodes.LastDays(30),
        nodes.ColumnIs("net_amount", nodes.Between(Decimal("10.00"), Decimal("99.90"))),
    )
    same(from_json(document, VOCABULARY), rule)
    assert to_json(rule) == document


def test_other_spellings_of_one_rule() -> None:
    canonical = 'did order in last 1 days where channel != "é\\n" count >= 2'
    other = 'did   order\n in last 1 day where ( channel ≠ "\\u00e9\\n" ) count ≥ 2'
    assert to_text(from_text(other, VOCABULARY)) == canonical
