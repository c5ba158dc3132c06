"""The catalogue, figures by scope, states after a refresh, yesterday's values, and the review."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from regulars.apps.accounts.queries import scoped
from regulars.apps.accounts.types import Actor, DataScope
from regulars.apps.tags import models
from regulars.apps.tags.queries import (
    figures,
    inputs_of,
    member_tags,
    review_list,
    tag_named,
    tags,
    value_on,
    vocabulary,
)
from regulars.apps.tags.services import (
    install_packs,
    note_use,
    preview,
    refresh_all_tags,
    save_tag,
)
from regulars.apps.tags.services.installing import shipped_packs
from regulars.apps.tags.tests.defined import AS_OF, defined, given
from regulars.apps.tags.types import MadeBy, ReviewReason, TagDefinition, ValueSpec, ValueType
from regulars.base.errors import NotVisibleError, RefusedError, RuleError
from regulars.lake import Lake

pytestmark = pytest.mark.django_db
HQ, SHOP = DataScope("hq"), DataScope("store", ("s1",))


def joined_lately(days: int = 31) -> TagDefinition:
    rule = f"attribute.joined_on in last {days} days"
    value = ValueSpec(code="yes", name_zh="是", name_en="Yes", when=rule)
    return defined("lately", values=(value,))


def test_packs_are_installed_once(lake: Lake, db: None) -> None:
    shipped = sum(len(pack.tags) for pack in shipped_packs())
    assert install_packs(lake) == shipped >= 88
    assert install_packs(lake) == 0
    found = tags()
    assert len(found) == shipped
    first = found[0]
    assert (first.pack, first.path[0], first.version) == ("1_basic", "basic", 1)
    report = refresh_all_tags(lake, AS_OF)
    assert report is not None
    assert report.errors == {}
    assert tag_named("gender").state is not None


def test_states_and_figures(lake: Lake, tree: None) -> None:
    save_tag(None, lake, defined())
    assert figures(scoped(lake.snapshot(), HQ), defined()) is None
    refresh_all_tags(lake, AS_OF)
    state = tag_named("women").state
    assert state is not None
    assert (state.as_of, state.members, state.everybody, state.error) == (AS_OF, 2, 3, "")
    assert state.coverage == pytest.approx(2 / 3)
    whole = figures(scoped(lake.snapshot(), HQ), defined())
    shop = figures(scoped(lake.snapshot(), SHOP), defined())
    assert whole is not None
    assert shop is not None
    assert (whole.shares, whole.everybody) == ((("yes", 2),), 3)
    assert (shop.shares, shop.everybody) == ((("yes", 1),), 2)


def test_yesterdays_value(lake: Lake, tree: None) -> None:
    save_tag(None, lake, joined_lately())
    refresh_all_tags(lake, AS_OF)  # m0 joined 31 days before
    refresh_all_tags(lake, AS_OF + timedelta(days=1))
    whole, tag = scoped(lake.snapshot(), HQ), tag_named("lately")
    assert value_on(whole, "m0", tag, AS_OF + timedelta(days=1)) is None
    assert value_on(whole, "m0", tag, AS_OF) == "yes"
    assert value_on(whole, "m2", tag, AS_OF) == "yes"
    with pytest.raises(NotVisibleError):
        value_on(scoped(lake.snapshot(), SHOP), "m2", tag, AS_OF)


def test_a_member_outside_the_scope(lake: Lake, tree: None) -> None:
    save_tag(None, lake, defined())
    refresh_all_tags(lake, AS_OF)
    with pytest.raises(NotVisibleError):
        member_tags(scoped(lake.snapshot(), SHOP), "m2", tags())


def test_a_preview_keeps_nothing(lake: Lake, tree: None, operations: Actor) -> None:
    found = preview(operations, lake, defined(), AS_OF)
    assert (found.figures.members, found.figures.everybody) == (2, 3)
    query = "SELECT member_id, 2 AS value FROM members"
    amount = defined(
        "two", made_by=MadeBy.SQL, values=(), query=query, value_type=ValueType.QUANTITATIVE
    )
    assert preview(operations, lake, amount, AS_OF).figures.median == 2.0
    wrong = ValueSpec(code="yes", name_zh="是", name_en="Yes", when="attribute.age > 3")
    with pytest.raises(RuleError, match="no field"):
        preview(operations, lake, defined(values=(wrong,)), AS_OF)
    with pytest.raises(RuleError, match="nothing to count"):
        preview(operations, lake, given("vip"), AS_OF)
    assert not lake.snapshot().has("tags")
    assert tags() == ()


def test_who_may_not_define_tags_counts_none(lake: Lake, tree: None, shop_manager: Actor) -> None:
    with pytest.raises(RefusedError):
        preview(shop_manager, lake, defined(), AS_OF)


def test_lineage_names_what_a_tag_is_made_of(lake: Lake, tree: None) -> None:
    known = vocabulary(lake.snapshot())
    assert inputs_of(defined(), known) == ("attribute.gender",)
    rule = ValueSpec(
        code="yes", name_zh="是", name_en="Yes", when='did order where channel = "web"'
    )
    assert inputs_of(defined("web", values=(rule,)), known) == ("order",)


def test_review(lake: Lake, tree: None) -> None:
    save_tag(None, lake, defined())
    refresh_all_tags(lake, AS_OF)
    now, known = timezone.now(), vocabulary(lake.snapshot())

    def reasons(days: int) -> list[ReviewReason]:
        lines = review_list(tags(), known, now + timedelta(days=days))
        return [line.reason for line in lines]

    assert reasons(0) == []
    assert reasons(3) == [ReviewReason.STALE]
    assert reasons(91) == [ReviewReason.STALE, ReviewReason.UNUSED]
    models.TagEntry.objects.update(created_at=now - timedelta(days=200))
    assert reasons(0) == [ReviewReason.UNUSED]
    note_use(["women"])
    assert reasons(0) == []
    models.TagRun.objects.update(error="broken")
    assert reasons(0) == [ReviewReason.FAILED]


def test_a_rule_that_no_longer_fits_is_named(lake: Lake, tree: None) -> None:
    save_tag(None, lake, defined())
    save_tag(None, lake, joined_lately())
    version = models.TagVersion.objects.get(tag__code="women")
    version.definition["values"][0]["when"] = 'attribute.shoe_size = "9"'
    version.save()
    refresh_all_tags(lake, AS_OF)
    state = tag_named("women").state
    assert state is not None
    assert "no field 'attribute.shoe_size'" in state.error
    assert tag_named("lately").state is not None
