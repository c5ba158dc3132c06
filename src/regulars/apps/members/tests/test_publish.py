"""The lake's members equal the ledger's active ones, with the store of the first order."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from regulars.apps.members.models import Member
from regulars.apps.members.services.lake_side.home_stores import assign_guides
from regulars.apps.members.services.lake_side.publishing import publish
from regulars.apps.members.services.resolution.resolve import resolve
from regulars.apps.members.tests.lake_rows import held, order, put
from regulars.apps.members.tests.loads import identifiers, load, members, one
from regulars.lake import Lake

pytestmark = pytest.mark.django_db


def test_members_appear_without_any_identifier(lake: Lake) -> None:
    joined_at = datetime(2024, 3, 1, 17, tzinfo=UTC)  # already the 2nd in Shanghai
    load_of = identifiers([[("card_no", "A1")]], joined={0: ("s1", joined_at, "app")})
    member_id = members(resolve(load_of, "crm"))[0]
    assert publish(lake).written == 1
    assert held(lake, "members") == [
        {
            "member_id": member_id, "home_store_id": "s1", "guide_id": None,
            "joined_at": joined_at, "joined_on": date(2024, 3, 2), "joined_channel": "app",
            "gender": None, "birth_date": None, "source": "crm",
        }
    ]  # fmt: skip


def test_the_first_order_gives_store_channel_and_date(lake: Lake) -> None:
    member_id = one(("card_no", "A1"))
    with lake.transaction() as writing:
        put(
            writing,
            "orders",
            [
                order("o2", member_id, store="s2", day=3),
                order("o1", member_id, store="s1", day=3),
                order("o3", member_id, store="s3", day=9),
            ],
        )  # fmt: skip
    publish(lake)
    row = held(lake, "members")[0]
    assert (row["home_store_id"], row["joined_channel"]) == ("s1", "pos")
    assert row["joined_on"] == date(2024, 3, 4)
    with lake.transaction() as writing:
        put(writing, "orders", [order("o0", member_id, store="s0")])
    publish(lake)
    assert held(lake, "members")[0]["home_store_id"] == "s0"  # an earlier order came late


def test_a_registration_is_not_overwritten_by_orders(lake: Lake) -> None:
    joined_at = datetime(2024, 1, 1, tzinfo=UTC)
    load_of = identifiers([[("card_no", "A1")]], joined={0: ("s7", joined_at, "app")})
    member_id = members(resolve(load_of, "crm"))[0]
    with lake.transaction() as writing:
        put(writing, "orders", [order("o1", member_id)])
    publish(lake)
    row = held(lake, "members")[0]
    assert (row["home_store_id"], row["joined_at"]) == ("s7", joined_at)


def test_profile_columns_of_member_lists_stay(lake: Lake) -> None:
    one(("card_no", "A1"))
    publish(lake)
    row = held(lake, "members")[0]
    with lake.transaction() as writing:
        put(writing, "members", [row | {"gender": "female", "source": "list"}])
    assert publish(lake).written == 0
    assert held(lake, "members")[0]["gender"] == "female"


def test_guides_share_a_store_s_members_and_keep_them(lake: Lake) -> None:
    stores = {number: ("s1", datetime(2024, 1, 1, tzinfo=UTC), None) for number in range(40)}
    resolve(identifiers([[("card_no", f"A{n}")] for n in range(40)], joined=stores), "crm")
    assert assign_guides({"s1": ["g2", "g1"], "s2": ["g3"], "s3": []}) == 40
    shares = Member.objects.values_list("guide_id", flat=True)
    assert set(shares) == {"g1", "g2"}
    assert assign_guides({"s1": ["g9"]}) == 0


def test_a_member_merged_before_publishing_never_appears(lake: Lake) -> None:
    load([("card_no", "A1")], [("unionid", "U1")])
    load([("card_no", "A1"), ("unionid", "U1")])
    publish(lake)
    assert len(held(lake, "members")) == 1
