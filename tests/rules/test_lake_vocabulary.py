"""The lake's contracts give rules their words, in both languages, and every word works."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from regulars.lake import Lake
from regulars.lake.contracts import contracts
from regulars.science.rules import compile_rules, from_text, lake_vocabulary, nodes
from regulars.science.rules.vocabulary.words import CHINESE, MOMENTS

VOCABULARY = lake_vocabulary()


def test_attributes_features_and_facts_of_the_lake_can_be_said() -> None:
    assert {"attribute.gender", "attribute.joined_on", "feature.rfm.frequency"} <= set(
        VOCABULARY.fields
    )
    assert VOCABULARY.fields["feature.lifecycle.lifecycle_stage"].allowed[0] == "introduction"
    assert VOCABULARY.fields["feature.rfm.monetary"].type == "decimal"
    assert "products.category" in VOCABULARY.facts["order_line"].by_name
    tables = {one.name for one in contracts() if one.kind == "fact" and one.knows_members}
    # Tags that were given are asked for as tags, by their value.
    tables -= {"tag_assignments"}
    assert {fact.table for fact in VOCABULARY.facts.values()} == tables == set(MOMENTS)


def test_every_word_has_its_chinese() -> None:
    labels = [field.label for field in VOCABULARY.fields.values()]
    for fact in VOCABULARY.facts.values():
        labels += [fact.label, *(column.label for column in fact.columns)]
    assert [label.en for label in labels if label.zh == label.en] == []
    spoken = {field.column for field in VOCABULARY.fields.values()}
    spoken |= {one.column for fact in VOCABULARY.facts.values() for one in fact.columns}
    assert set(CHINESE) == spoken


def test_every_word_can_be_asked_of_a_lake(tmp_path: Path) -> None:
    rules: dict[str, nodes.Node] = {
        name: nodes.ValueIs(name, nodes.Missing()) for name in VOCABULARY.fields
    }
    for fact in VOCABULARY.facts.values():
        for column in fact.columns:
            rules[f"{fact.name} {column.name}"] = nodes.Did(
                fact.name,
                where=nodes.ColumnIs(column.name, nodes.Missing()),
                measure=nodes.Last(column.name),
                test=nodes.Missing(),
            )
        steps = (nodes.Step(fact.name), nodes.Step("order"))
        rules[f"{fact.name} then order"] = nodes.Sequence(steps)
    rules["rank"] = from_text("feature.rfm.monetary in top 10", VOCABULARY)
    with Lake(tmp_path).snapshot() as snapshot:
        decided = compile_rules(rules, snapshot, date(2024, 1, 1), vocabulary=VOCABULARY)
        found = snapshot.connection.to_pyarrow(decided)
    assert found.num_rows == 0
    assert found.column_names == ["member_id", *rules]
