"""A tag is saved whole or not at all, keeps its versions, and is not deleted while it is used."""

from __future__ import annotations

from typing import Any

import pytest

from regulars.apps.accounts.models import AuditEvent
from regulars.apps.accounts.types import Actor
from regulars.apps.tags import hooks
from regulars.apps.tags.models import TagEntry
from regulars.apps.tags.queries import tag_named, tags, versions
from regulars.apps.tags.services import delete_tag, save_category, save_tag
from regulars.apps.tags.tests.defined import defined
from regulars.apps.tags.types import BucketSpec, MadeBy, TagUse, ValueSpec, ValueType
from regulars.base.errors import NotVisibleError, RefusedError, RuleError
from regulars.lake import Lake

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("said", "where"),
    [
        ({"name_zh": ""}, "name_zh"),
        ({"name_en": " "}, "name_en"),
        ({"definition_zh": ""}, "definition_zh"),
        ({"source": ""}, "source"),
        ({"update_days": None}, "update_days"),
        ({"update_days": -1}, "update_days"),
        ({"owner": ""}, "owner"),
        ({"category": "nowhere"}, "category"),
        ({"values": ()}, "values"),
        ({"take": "did order count"}, "values"),
        ({"made_by": MadeBy.SQL}, "values"),
        ({"made_by": MadeBy.MODEL}, "model"),
        ({"made_by": MadeBy.HAND}, "values"),
        ({"values": (), "made_by": MadeBy.SQL, "query": "DROP TABLE orders"}, "query, SQL"),
        ({"query": "SELECT 1"}, "query"),
        ({"value_type": ValueType.QUANTITATIVE}, "value_type"),
        (
            {"value_type": ValueType.QUANTITATIVE, "values": (), "take": "attribute.gender"},
            "take, character 1",
        ),
        ({"half_life_days": 0.0}, "half_life_days"),
        (
            {"buckets": (BucketSpec(code="all", name_zh="全", name_en="All"),)},
            "value_type",
        ),
        (
            {"values": (ValueSpec(code="yes", name_zh="是", name_en="Yes", when="tag.women = 1"),)},
            "values[0].when, character 13",
        ),
    ],
)
def test_nothing_mandatory_is_missing(
    said: dict[str, Any], where: str, lake: Lake, tree: None, operations: Actor
) -> None:
    with pytest.raises(RuleError) as caught:
        save_tag(operations, lake, defined(**said))
    assert caught.value.where == where
    assert not TagEntry.objects.exists()


def test_a_code_is_the_name_of_a_column(lake: Lake, tree: None) -> None:
    for code in ("Women", "1st", "member_id", "a" * 61, "a__b", ""):
        with pytest.raises(RuleError, match="cannot have the code"):
            save_tag(None, lake, defined(code))


def test_every_change_is_a_version(lake: Lake, tree: None, operations: Actor) -> None:
    assert save_tag(operations, lake, defined()) == 1
    assert save_tag(operations, lake, defined()) == 1
    assert save_tag(operations, lake, defined(owner="Bo")) == 2
    assert [(line.number, line.definition.owner) for line in versions("women")] == [
        (2, "Bo"),
        (1, "Ada"),
    ]
    held = tag_named("women")
    assert (held.version, held.definition, held.saved_by) == (2, defined(owner="Bo"), "operations")
    said = AuditEvent.objects.filter(object_kind="tag").order_by("pk")
    assert [(event.action, event.detail) for event in said] == [
        ("create", {"version": 1}),
        ("change", {"version": 2}),
    ]


def test_a_new_tag_replaces_no_other(lake: Lake, tree: None, operations: Actor) -> None:
    assert save_tag(operations, lake, defined(), must_be_new=True) == 1
    with pytest.raises(RuleError, match="another tag has this code") as caught:
        save_tag(operations, lake, defined(owner="Bo"), must_be_new=True)
    assert caught.value.where == "code"
    assert (tag_named("women").version, tag_named("women").definition.owner) == (1, "Ada")


def test_the_kind_of_value_stays(lake: Lake, tree: None) -> None:
    save_tag(None, lake, defined())
    amount = defined(value_type=ValueType.QUANTITATIVE, values=(), take="did order count")
    with pytest.raises(RuleError, match="kind of value cannot change"):
        save_tag(None, lake, amount)


def test_a_shop_manager_defines_nothing(lake: Lake, tree: None, shop_manager: Actor) -> None:
    with pytest.raises(RefusedError):
        save_tag(shop_manager, lake, defined())
    save_tag(None, lake, defined())
    with pytest.raises(RefusedError):
        delete_tag(shop_manager, lake, "women")
    assert [tag.code for tag in tags()] == ["women"]


def test_what_is_used_stays(lake: Lake, tree: None, monkeypatch: pytest.MonkeyPatch) -> None:
    save_tag(None, lake, defined())
    rule = ValueSpec(code="yes", name_zh="是", name_en="Yes", when='tag.women = "yes"')
    save_tag(None, lake, defined("upper", name_en="Upper", values=(rule,)))
    with pytest.raises(RefusedError, match="used by tag Upper"):
        delete_tag(None, lake, "women")
    delete_tag(None, lake, "upper")
    use = TagUse("audience", "a1", "Spring")
    monkeypatch.setattr(hooks, "_use_hooks", [lambda codes: [(code, use) for code in codes]])
    with pytest.raises(RefusedError, match="used by audience Spring"):
        delete_tag(None, lake, "women")
    monkeypatch.undo()
    delete_tag(None, lake, "women")
    assert tags() == ()
    with pytest.raises(NotVisibleError):
        delete_tag(None, lake, "women")


def test_tags_do_not_need_each_other_in_a_circle(lake: Lake, tree: None) -> None:
    save_tag(None, lake, defined())
    rule = ValueSpec(code="yes", name_zh="是", name_en="Yes", when='tag.women = "yes"')
    save_tag(None, lake, defined("upper", values=(rule,)))
    back = ValueSpec(code="yes", name_zh="是", name_en="Yes", when='tag.upper = "yes"')
    with pytest.raises(RuleError, match="in a circle"):
        save_tag(None, lake, defined(values=(back,)))
    assert tag_named("women").version == 1


def test_the_tree_has_three_levels(db: None) -> None:
    for code, parent in (("a", ""), ("b", "a"), ("c", "b")):
        save_category(code, name_zh=code, name_en=code, parent=parent)
    with pytest.raises(RuleError, match="3 levels"):
        save_category("d", name_zh="d", name_en="d", parent="c")
