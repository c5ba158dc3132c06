"""Every part of a rule stands in the reference, with its keys and a text that uses it."""

from __future__ import annotations

import json
import re
from dataclasses import MISSING, fields
from typing import Any

import pytest

from regulars.science.rules import from_json, from_text, lake_vocabulary, nodes, to_json, to_text
from tests.source_tree import text_of

PAGE = text_of("docs/reference/rules.md")
VOCABULARY = lake_vocabulary(audiences={"a_123": "first", "a_124": "second"})
FAMILIES: dict[str, tuple[Any, ...]] = {
    "Conditions": nodes.NODES,
    "Tests": nodes.TESTS,
    "Windows": nodes.WINDOWS,
    "Measures": nodes.MEASURES,
}


def table(title: str) -> list[list[str]]:
    section = PAGE.split(f"## {title}\n")[1].split("\n## ")[0]
    rows = [line for line in section.splitlines() if line.startswith("| `")]
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in rows]


@pytest.mark.parametrize("title", FAMILIES)
def test_every_part_is_documented_with_its_keys_and_an_example(title: str) -> None:
    rows = {row[0].strip("`"): row for row in table(title)}
    parts = {part.kind: part for part in FAMILIES[title]}
    assert list(rows) == list(parts)
    for kind, row in rows.items():
        declared = fields(parts[kind])
        assert re.findall(r"`(\w+)`", row[1]) == [one.name for one in declared]
        bracketed = re.findall(r"`(\w+)`", "".join(re.findall(r"\[.*?\]", row[1])))
        assert bracketed == [one.name for one in declared if one.default is not MISSING]
        text = row[2].strip("`")
        rule = from_text(text, VOCABULARY)
        assert to_text(rule) == text
        assert f'"kind": "{kind}"' in json.dumps(to_json(rule))


def test_every_key_of_a_step_is_documented() -> None:
    assert [row[0].strip("`") for row in table("Steps")] == [one.name for one in fields(nodes.Step)]


def test_the_two_forms_on_the_page_are_one_rule() -> None:
    document = json.loads(PAGE.split("```json\n")[1].split("```")[0])
    text = PAGE.split("```text\n")[1].split("```")[0]
    assert to_json(from_text(text, VOCABULARY)) == document
    assert to_json(from_json(document, VOCABULARY)) == document


def test_the_texts_of_the_concept_page_are_rules() -> None:
    page = text_of("docs/concepts/rules.md")
    texts = re.findall(r"```text\n(.*?)```", page, re.DOTALL)
    texts += re.findall(r"from_text\(([\"'].*?[\"']), words\)", page)
    texts += re.findall(r"^\| `([^`]+)` \|", page, re.MULTILINE)
    assert len(texts) == 7
    for text in texts:
        plain = text[1:-1] if text[0] in "\"'" else text
        assert to_json(from_text(plain, VOCABULARY))["version"] == 1
    for steps in re.findall(r"^- `([^`]+)`", page, re.MULTILINE):
        assert to_text(from_text(f"sequence ({steps})", VOCABULARY)) == f"sequence ({steps})"
