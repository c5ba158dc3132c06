"""What is unknown or does not fit raises, and says where; nothing matches everybody by mistake."""

from __future__ import annotations

from typing import Any

import pytest

from regulars.base.errors import RuleError
from regulars.science.rules import (
    Field,
    Label,
    Vocabulary,
    checked,
    compile_rule,
    from_json,
    from_text,
    nodes,
)
from regulars.science.rules.limits import DEPTH_MAX, NODES_MAX, RULE_TEXT_MAX, VALUES_MAX
from tests.rules.small_world import AS_OF, VOCABULARY, World

FREQUENCY = {"kind": "compare", "operator": ">=", "value": 3}


def value(test: Any, field: Any = "feature.frequency", **more: Any) -> dict[str, Any]:
    return {"kind": "value", "field": field, "test": test, **more}


@pytest.mark.parametrize(
    ("rule", "where", "what"),
    [
        ({"kind": "everybody"}, "rule", "there is no node of kind 'everybody'"),
        ({}, "rule", "there is no node of kind None"),
        ({"kind": ["and"]}, "rule", "there is no node of kind ['and']"),
        ([], "rule", "[] is not an object"),
        (value(FREQUENCY, unit="days"), "rule", "there is no key 'unit' here"),
        ({"kind": "value", "field": "feature.frequency"}, "rule", "the key 'test' is missing"),
        (value(FREQUENCY, "feature.frequencies"), "rule.field", "there is no field"),
        (value(FREQUENCY, ["feature.frequency"]), "rule.field", "is no value"),
        (value({**FREQUENCY, "operator": "≈"}), "rule.test.operator", "there is no operator '≈'"),
        (value({"kind": "like", "text": "a"}), "rule.test", "there is no test of kind 'like'"),
        (value({**FREQUENCY, "value": "3"}), "rule.test.value", "'3' is not a whole number"),
        (value({**FREQUENCY, "value": 3.0}), "rule.test.value", "3.0 is not a whole number"),
        (value({**FREQUENCY, "value": True}), "rule.test.value", "True is not a whole number"),
        (value({**FREQUENCY, "value": 2**63}), "rule.test.value", "9223372036854775808 is not"),
        (value({**FREQUENCY, "value": None}), "rule.test.value", "None is no value"),
        (value({"kind": "contains", "text": "3"}), "rule.test", "'contains' cannot be asked of a"),
        (value({"kind": "in", "values": []}), "rule.test.values", "name 1 to 1,000 values"),
        (value({"kind": "in", "values": [1, "x"]}), "rule.test.values[1]", "'x' is not a whole"),
        (value({"kind": "in", "values": 1}), "rule.test.values", "1 is not a list"),
        (
            value({"kind": "between", "low": 3, "high": 2}),
            "rule.test",
            "nothing lies between 3 and 2",
        ),
        (
            value({"kind": "compare", "operator": "=", "value": "femal"}, "attribute.gender"),
            "rule.test.value",
            "'femal' is never the value",
        ),
        (
            value({"kind": "compare", "operator": "<", "value": "b"}, "attribute.hobby"),
            "rule.test.operator",
            "'<' cannot be asked of a text",
        ),
        (
            value({"kind": "compare", "operator": "=", "value": "a\0"}, "attribute.hobby"),
            "rule.test.value",
            "is not a text",
        ),
        (
            value({"kind": "compare", "operator": "=", "value": "1.23456"}, "feature.monetary"),
            "rule.test.value",
            "'1.23456' is not a decimal of at most 4 places",
        ),
        (
            value({"kind": "compare", "operator": "=", "value": "NaN"}, "feature.monetary"),
            "rule.test.value",
            "'NaN' is not a decimal",
        ),
        (
            value({"kind": "compare", "operator": "=", "value": 1e999}, "feature.risk"),
            "rule.test.value",
            "inf is not a number",
        ),
        (
            value({"kind": "compare", "operator": "=", "value": "20240131"}, "attribute.joined_on"),
            "rule.test.value",
            "'20240131' is not a date",
        ),
        ({"kind": "and", "of": [value(FREQUENCY)]}, "rule.of", "'and' joins two or more"),
        (
            {"kind": "or", "of": [value(FREQUENCY), {"kind": "not", "of": {"kind": "nor"}}]},
            "rule.of[1].of",
            "there is no node of kind 'nor'",
        ),
        ({"kind": "column", "column": "channel", "test": FREQUENCY}, "rule", "a column belongs"),
        ({"kind": "did", "fact": "visit"}, "rule.fact", "there is no fact 'visit'"),
        (
            {"kind": "did", "fact": "order", "where": value(FREQUENCY)},
            "rule.where",
            "'value' is no condition on one order",
        ),
        (
            {"kind": "did", "fact": "order", "window": {"kind": "last_days", "days": 0}},
            "rule.window.days",
            "0 is not a whole number from 1",
        ),
        (
            {"kind": "did", "fact": "order", "window": {"kind": "lately"}},
            "rule.window",
            "there is no window of kind 'lately'",
        ),
        (
            {
                "kind": "did",
                "fact": "order",
                "window": {"kind": "between_dates", "first": "2024-02-01", "last": "2024-01-01"},
            },
            "rule.window",
            "a window from 2024-02-01 to 2024-01-01 holds no day",
        ),
        (
            {"kind": "did", "fact": "order", "measure": {"kind": "count"}},
            "rule",
            "a measure and its test stand together",
        ),
        (
            {
                "kind": "did",
                "fact": "order",
                "measure": {"kind": "count"},
                "test": {"kind": "compare", "operator": "<", "value": 1},
            },
            "rule.test",
            "who did something did it at least once",
        ),
        (
            {
                "kind": "did",
                "fact": "order",
                "measure": {"kind": "sum", "column": "channel"},
                "test": FREQUENCY,
            },
            "rule.measure.column",
            "a text has no sum",
        ),
        (
            {"kind": "sequence", "steps": [{"fact": "order"}]},
            "rule.steps",
            "a sequence has 2 to 10 steps",
        ),
        (
            {"kind": "sequence", "steps": [{"fact": "order"}, {"fact": "order", "kind": "step"}]},
            "rule.steps[1]",
            "there is no step of kind 'step'",
        ),
        (
            {"kind": "sequence", "steps": [{"fact": "order", "absent": True}, {"fact": "order"}]},
            "rule.steps[0]",
            "a sequence begins with something done",
        ),
        (
            {
                "kind": "sequence",
                "steps": [
                    {"fact": "order"},
                    {"fact": "event", "absent": True, "within_days": 3},
                    {"fact": "order"},
                ],
            },
            "rule.steps[1].within_days",
            "what must not lie between two steps has no days of its own",
        ),
        (
            {"kind": "in_percentiles", "field": "feature.monetary", "low": 50, "high": 50},
            "rule.high",
            "50 is not a whole number from 51 to 100",
        ),
        (
            {"kind": "in_top", "field": "attribute.gender", "count": 5},
            "rule.field",
            "a text has no rank",
        ),
        ({"kind": "in_audience", "audience": "d"}, "rule.audience", "there is no audience 'd'"),
        (
            {"kind": "in_union", "audiences": ["a", "d"]},
            "rule.audiences[1]",
            "there is no audience 'd'",
        ),
    ],
)
def test_a_document_that_does_not_fit(rule: Any, where: str, what: str) -> None:
    with pytest.raises(RuleError) as refused:
        from_json({"version": 1, "rule": rule}, VOCABULARY)
    assert (refused.value.where, what in refused.value.what) == (where, True), str(refused.value)


@pytest.mark.parametrize(
    ("document", "where"),
    [
        ({"version": 2, "rule": value(FREQUENCY)}, "version"),
        ({"version": True, "rule": value(FREQUENCY)}, "version"),
        ({"rule": value(FREQUENCY)}, "document"),
        ({"version": 1, "rule": value(FREQUENCY), "name": "x"}, "document"),
        (None, "document"),
    ],
)
def test_a_document_of_another_kind(document: object, where: str) -> None:
    with pytest.raises(RuleError) as refused:
        from_json(document, VOCABULARY)
    assert refused.value.where == where


@pytest.mark.parametrize(
    ("text", "marked", "what"),
    [
        ("", "", "a condition should stand here, not the end"),
        ("feature.frequency ~ 3", "~", "'~ 3' is no word"),
        ("feature.frequency 3", "3", "a test, such as = or in, should stand here, not '3'"),
        ("feature.frequencies = 3", "feature.frequencies", "there is no field"),
        ("feature.frequency = true", "true", "True is not a whole number"),
        ("feature.frequency in (1, 2, 2.5)", "2.5", "2.5 is not a whole number"),
        ('attribute.joined_on > "soon"', '"soon"', "'soon' is not a date"),
        ("attribute.joined_on > 2024-02-30", "2024-02-30", "there is no day 2024-02-30"),
        ('attribute.hobby = "web', '"web', "is no word"),
        ("in audience a and did visit", "visit", "there is no fact 'visit'"),
        ("in audience a in audience b", "in audience b", "and, or, or the end should stand here"),
        ("(in audience a", "", "')' should stand here, not the end"),
        ("in any audience of (a, d)", "d)", "there is no audience 'd'"),
        ('did order where colour = "web"', "colour", "there is no column of order 'colour'"),
        (
            'did order where channel = "web" and items > 2',
            "items > 2",
            "there is no field 'items'",
        ),
        ("did order in last 0 days", "0 days", "0 is not a whole number"),
        ("did order count < 1", "< 1", "who did something did it at least once"),
        ("sequence (order then not order within 3 days then order)", "3 days", "no days of its"),
        ("feature.monetary in top 0", "0", "0 is not a whole number"),
        ("feature.monetary in percentiles 90 to 101", "101", "101 is not a whole number"),
    ],
)
def test_a_text_that_does_not_fit(text: str, marked: str, what: str) -> None:
    with pytest.raises(RuleError) as refused:
        from_text(text, VOCABULARY)
    at = text.rindex(marked) if marked else len(text)
    assert refused.value.where == f"character {at + 1}", str(refused.value)
    assert what in refused.value.what


def test_a_rule_may_be_deep_but_not_bottomless() -> None:
    held = nodes.InAudience("a")
    deep: nodes.Node = held
    for _ in range(DEPTH_MAX - 1):
        deep = nodes.Not(deep)
    assert checked(deep, VOCABULARY) == deep
    with pytest.raises(RuleError, match="levels deep"):
        checked(nodes.Not(deep), VOCABULARY)
    with pytest.raises(RuleError, match="levels deep"):
        from_text("not " * 5_000 + "in audience a", VOCABULARY)
    with pytest.raises(RuleError, match="levels deep"):
        from_text("(" * 5_000 + "in audience a" + ")" * 5_000, VOCABULARY)
    document: dict[str, Any] = {"kind": "in_audience", "audience": "a"}
    for _ in range(500):
        document = {"kind": "not", "of": document}
    with pytest.raises(RuleError, match="levels deep"):
        from_json({"version": 1, "rule": document}, VOCABULARY)


def test_a_rule_may_be_wide_but_not_endless() -> None:
    condition = nodes.InAudience("a")
    wide = nodes.Or((condition,) * (NODES_MAX - 1))
    assert checked(wide, VOCABULARY) == wide
    with pytest.raises(RuleError, match=f"more than {NODES_MAX} conditions"):
        checked(nodes.Or((condition,) * NODES_MAX), VOCABULARY)
    many = nodes.OneOf(tuple(range(VALUES_MAX + 1)))
    with pytest.raises(RuleError, match="name 1 to"):
        checked(nodes.ValueIs("feature.frequency", many), VOCABULARY)
    with pytest.raises(RuleError, match="longer than"):
        from_text(" " * (RULE_TEXT_MAX + 1), VOCABULARY)


@pytest.mark.parametrize("rule", [None, "in audience a", nodes.Node(), nodes.Missing(), [1]])
def test_what_is_no_rule_is_never_compiled(rule: Any) -> None:
    with pytest.raises(RuleError, match="is no condition"):
        compile_rule(rule, World({}), AS_OF, vocabulary=VOCABULARY)


@pytest.mark.parametrize("name", ["frequency", "feature.", "tag.a b", "attribute.x-y", "tag"])
def test_a_vocabulary_refuses_names_that_rules_could_not_write(name: str) -> None:
    odd = Field(name=name, table="t", column="c", type="text", label=Label("odd", "怪"))
    with pytest.raises(RuleError, match="vocabulary"):
        Vocabulary(fields=[odd])
