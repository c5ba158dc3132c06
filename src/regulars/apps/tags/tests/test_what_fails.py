"""A tag that fails is named, with those made of it, and stops no other."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from regulars.apps.accounts.types import Actor
from regulars.apps.tags import models
from regulars.apps.tags.queries import tag_named
from regulars.apps.tags.services import preview, refresh_all_tags, save_tag
from regulars.apps.tags.tests.defined import AS_OF, defined
from regulars.apps.tags.types import MadeBy, TagState, ValueSpec, ValueType
from regulars.lake import Lake

pytestmark = pytest.mark.django_db
# Two rows of the first member: the query gives a member twice.
TWICE = "SELECT member_id, 1 AS value FROM members, range(2) WHERE member_id = 'm0'"


def state_of(code: str) -> TagState:
    state = tag_named(code).state
    assert state is not None
    return state


def of_women(code: str) -> ValueSpec:
    return ValueSpec(code="yes", name_zh="是", name_en="Yes", when=f'tag.{code} = "yes"')


def break_women() -> None:
    """Let the rule name a field that is gone, as when a mapping no longer gives it."""
    version = models.TagVersion.objects.get(tag__code="women")
    version.definition["values"][0]["when"] = 'attribute.shoe_size = "39"'
    version.save()


def test_who_is_made_of_a_failed_tag_waits_with_it(lake: Lake, tree: None) -> None:
    save_tag(None, lake, defined())
    save_tag(None, lake, defined("regular_women", values=(of_women("women"),)))
    save_tag(None, lake, defined("best_women", values=(of_women("regular_women"),)))
    save_tag(None, lake, defined("others"))
    break_women()
    report = refresh_all_tags(lake, AS_OF)
    assert report is not None
    assert set(report.errors) == {"women", "regular_women", "best_women"}
    assert report.errors["best_women"] == "it is made of the tag regular_women, which failed"
    assert (state_of("others").members, state_of("others").error) == (2, "")
    assert refresh_all_tags(lake, AS_OF + timedelta(days=1)) is not None


def test_a_failed_tag_is_in_nobodys_way(lake: Lake, tree: None) -> None:
    save_tag(None, lake, defined())
    break_women()
    assert save_tag(None, lake, defined("others")) == 1


def test_a_query_that_failed_for_everybody_is_not_well_because_few_were_asked(
    lake: Lake, tree: None
) -> None:
    given = {"made_by": MadeBy.SQL, "values": (), "query": TWICE, "per_member": True}
    save_tag(None, lake, defined("often", value_type=ValueType.QUANTITATIVE, **given))
    refresh_all_tags(lake, AS_OF)
    assert "a member twice" in state_of("often").error
    with lake.transaction() as transaction:
        touched = transaction.snapshot().table("members")
        rows = touched.filter(touched["member_id"] == "m1").to_pyarrow()
        place = rows.column_names.index("gender")
        transaction.upsert("members", rows.set_column(place, "gender", [["male"]]))
    report = refresh_all_tags(lake, AS_OF)
    assert report is not None
    assert (report.run.mode, report.errors) == ("incremental", {})
    assert "a member twice" in state_of("often").error


def test_what_was_found_right_again_is_fresh(lake: Lake, tree: None) -> None:
    save_tag(None, lake, defined())
    refresh_all_tags(lake, AS_OF)
    models.TagRun.objects.update(computed_at=timezone.now() - timedelta(days=5))
    report = refresh_all_tags(lake, AS_OF)
    assert report is not None
    assert report.run.state == "unchanged"
    assert timezone.now() - state_of("women").computed_at < timedelta(hours=1)


@pytest.mark.parametrize("code", ["everybody", "by", "having", "whose"])
def test_a_code_may_be_any_word(code: str, lake: Lake, tree: None, operations: Actor) -> None:
    query = "SELECT member_id, gender AS value FROM members WHERE gender IS NOT NULL"
    value = ValueSpec(code="female", name_zh="女", name_en="Female")
    tag = defined(code, made_by=MadeBy.SQL, values=(value,), query=query)
    save_tag(None, lake, tag)
    refresh_all_tags(lake, AS_OF)
    assert (state_of(code).members, state_of(code).everybody) == (2, 3)
    assert preview(operations, lake, tag, AS_OF).figures.members == 2
