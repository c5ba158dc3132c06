"""Attributes that need a consent of their own are not loaded unless somebody decided so."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytest_django import Settings

from regulars.apps.ingest.mapping.catalogue import found
from regulars.base.errors import MappingError

SURVEY = """
source: survey
title: {en: Survey, zh-hans: 问卷}
contract: member_attributes
file: {format: csv, path: survey.csv}
member:
  identifiers:
    - {kind: card_no, column: card, verified: true}
attributes:
  school: school
  ATTRIBUTE: answer
"""


def survey(settings: Settings, attribute: str) -> str:
    folder = Path(settings.REGULARS_HOME) / "mappings"
    folder.mkdir(parents=True, exist_ok=True)
    text = SURVEY.replace("ATTRIBUTE", attribute)
    (folder / "survey.yaml").write_text(text, encoding="utf-8")
    return "survey"


@pytest.mark.parametrize(
    ("attribute", "group"), [("blood_type", "sensitive"), ("qq_groups", "social")]
)
def test_a_guarded_attribute_must_be_switched_on(
    settings: Settings, attribute: str, group: str
) -> None:
    name = survey(settings, attribute)
    message = f"mapping survey: attributes.{attribute}: {attribute} needs a consent of its own"
    with pytest.raises(MappingError, match=message) as refused:
        found(name)
    assert f"REGULARS_TOLD_GROUPS={group}" in str(refused.value)
    settings.REGULARS_TOLD_GROUPS = [group]
    assert [target.name for target in found(name).attributes] == ["school", attribute]


def test_others_need_nothing(settings: Settings) -> None:
    assert len(found(survey(settings, "blood_group_club")).attributes) == 2
