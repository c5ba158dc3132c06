"""Erasing leaves an id that says nothing, in the ledger and in the lake."""

from __future__ import annotations

import pytest

from regulars.apps.accounts.models import AuditEvent
from regulars.apps.accounts.types import Actor
from regulars.apps.members.models import Identifier, LinkEvent, Member, MergeReview
from regulars.apps.members.services.by_hand import merge_members
from regulars.apps.members.services.erasure import erase_member
from regulars.apps.members.services.lake_side.publishing import publish
from regulars.apps.members.tests.lake_rows import everything, line, order, put
from regulars.apps.members.tests.loads import one
from regulars.base.errors import IdentityError
from regulars.lake import Lake

pytestmark = pytest.mark.django_db


def test_a_member_goes_with_everybody_merged_into_them(lake: Lake, operator: Actor) -> None:
    first, second = one(("card_no", "A1")), one(("card_no", "A2"), ("email", "a@b.cn"))
    stays = one(("card_no", "A3"), ("email", "a@b.cn"))
    with lake.transaction() as writing:
        for name, make in (("orders", order), ("order_lines", line)):
            put(writing, name, [make("o1", first), make("o2", second), make("o3", stays)])
    publish(lake)
    merge_members(operator, lake, member_id=first, other_id=second)
    assert erase_member(operator, lake, member_id=first)["orders"] == 2
    tables = everything(lake)
    assert [row["order_id"] for row in tables["orders"]] == ["o3"]
    assert [row["order_id"] for row in tables["order_lines"]] == ["o3"]
    assert [row["member_id"] for row in tables["members"]] == [stays]
    assert set(Identifier.objects.values_list("member_id", flat=True)) == {stays}
    for erased in Member.objects.filter(pk__in=[first, second]):
        assert (erased.state, erased.home_store_id, erased.joined_at) == ("erased", "", None)
    theirs = LinkEvent.objects.filter(member__in=[first, second])
    assert set(theirs.values_list("key_hash", "moved", "facts")) == {(None, None, None)}
    assert not MergeReview.objects.filter(state="open").exists()
    assert AuditEvent.objects.get(action="erase").object_id == first
    assert publish(lake).written == 0


def test_the_card_of_an_erased_member_makes_a_new_one(lake: Lake, operator: Actor) -> None:
    first = one(("card_no", "A1"))
    publish(lake)
    erase_member(operator, lake, member_id=first)
    assert one(("card_no", "A1")) != first
    with pytest.raises(IdentityError):
        erase_member(operator, lake, member_id=first)
