"""Strong keys make one person of many rows; weak and meaningless ones do not."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from pytest_django import Settings

from regulars.apps.members.models import Identifier, LinkEvent, Member
from regulars.apps.members.services.resolution.resolve import resolve
from regulars.apps.members.tests.loads import identifiers, load, members, one, owned_by
from regulars.base.errors import IdentityError

pytestmark = pytest.mark.django_db

PHONE = "13812345678"
OTHER_PHONE = "13987654321"


def test_shop_and_mini_program_member_with_the_same_verified_phone_are_one() -> None:
    at_the_till = one(("card_no", "A1001"), ("phone", PHONE))
    in_the_app = one(("unionid", "oU-17"), ("openid", "oA-17"), ("phone", f"+86 {PHONE}"))
    assert in_the_app == at_the_till
    assert owned_by(at_the_till) == ["card_no", "openid", "phone", "unionid"]
    assert Member.objects.count() == 1


def test_a_row_that_links_two_members_merges_them() -> None:
    card = one(("card_no", "A1001"))
    app = one(("unionid", "oU-17"))
    assert card != app
    result = load([("card_no", "A1001"), ("unionid", "oU-17")])
    assert result.merged == 1
    assert result.created == 0
    assert members(result) == [card]  # the earlier one survives
    assert owned_by(card) == ["card_no", "unionid"]
    assert owned_by(app) == []
    assert Member.objects.get(pk=app).merged_into_id == card


def test_the_member_who_joined_first_survives() -> None:
    late, early = datetime(2024, 5, 1, tzinfo=UTC), datetime(2023, 5, 1, tzinfo=UTC)
    first = resolve(identifiers([[("card_no", "A1")]], joined={0: ("s1", late, "pos")}), "crm")
    second = resolve(identifiers([[("unionid", "U1")]], joined={0: ("s2", early, "app")}), "app")
    load([("card_no", "A1"), ("unionid", "U1")])
    survivor = Member.objects.get(pk=members(second)[0])
    assert survivor.state == "active"
    assert (survivor.home_store_id, survivor.joined_at) == ("s2", early)
    assert Member.objects.get(pk=members(first)[0]).merged_into == survivor


def test_the_same_load_twice_changes_nothing() -> None:
    people = [[("card_no", "A1"), ("phone", PHONE), ("device", "tablet")], [("card_no", "A2")]]
    first = load(*people)
    events = LinkEvent.objects.count()
    again = load(*people)
    assert members(again) == members(first)
    assert (again.created, again.merged, again.reviews) == (0, 0, 0)
    assert LinkEvent.objects.count() == events == 4


def test_a_shop_s_tablet_merges_nobody() -> None:
    result = load(
        [("card_no", "A1"), ("device", "tablet-7")], [("card_no", "A2"), ("device", "tablet-7")]
    )
    assert len(set(members(result))) == 2
    assert Identifier.objects.filter(kind="device", exclusive=False).count() == 2


def test_an_unverified_phone_merges_nobody() -> None:
    first = one(("card_no", "A1"), ("phone", PHONE))
    second = one(("card_no", "A2"), ("phone", PHONE, False))
    assert first != second
    assert owned_by(second) == ["card_no"]


def test_a_phone_verified_later_is_owned_from_then_on() -> None:
    first = one(("card_no", "A1"), ("phone", PHONE, False))
    assert one(("card_no", "A1"), ("phone", PHONE)) == first
    assert one(("phone", PHONE)) == first
    assert Identifier.objects.filter(kind="phone").count() == 1


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("card_no", "0000"), ("card_no", "000-000"), ("card_no", "-1"), ("card_no", "NULL"),
        ("card_no", "n/a"), ("unionid", "none"), ("unionid", "Anonymous"), ("unionid", "test"),
        ("card_no", "99999999"), ("phone", "0"), ("phone", "13888888888"), ("card_no", "散客"),
        ("card_no", "  "), ("email", "noreply@shop.cn"), ("pos_id", "undefined"),
    ],
)  # fmt: skip
def test_a_value_that_says_nothing_belongs_to_nobody(kind: str, value: str) -> None:
    result = load([(kind, value)], [(kind, value), ("card_no", "A1")])
    assert members(result) == [None, members(result)[1]]
    assert Identifier.objects.count() == 1
    assert result.refused.num_rows == 0


def test_the_shop_s_own_phone_belongs_to_nobody(settings: Settings) -> None:
    settings.REGULARS_BLOCKED_IDENTIFIERS = ["138 1234 5678"]
    result = load([("card_no", "A1"), ("phone", PHONE)], [("card_no", "A2"), ("phone", PHONE)])
    assert len(set(members(result))) == 2
    assert not Identifier.objects.filter(kind="phone").exists()


def test_a_malformed_identifier_is_refused_unless_another_tells() -> None:
    result = load([("phone", "12345")], [("phone", "12345"), ("card_no", "A1")])
    assert result.refused.to_pylist() == [{"row_id": 0, "reason": "malformed_identifier"}]
    assert result.member_of_row.column("row_id").to_pylist() == [1]


def test_an_unknown_kind_is_an_error_that_names_the_kinds() -> None:
    with pytest.raises(IdentityError, match="unionid, card_no, phone"):
        load([("fax", "1")])
    assert not Member.objects.exists()


def test_an_e_mail_finds_a_member_without_strong_keys_and_brings_them_to_one_with() -> None:
    online = one(("email", "Li@shop.cn"))
    assert one(("card_no", "A1"), ("email", "li@shop.cn")) == online
    assert owned_by(online) == ["card_no", "email"]


def test_an_e_mail_shared_by_two_card_holders_opens_a_review_instead() -> None:
    first = one(("card_no", "A1"), ("email", "family@shop.cn"))
    result = load([("card_no", "A2"), ("email", "family@shop.cn")])
    assert members(result) != [first]
    assert (result.merged, result.reviews) == (0, 1)
    assert one(("email", "family@shop.cn")) == first


def test_registrations_are_kept_and_an_earlier_one_wins() -> None:
    early, late = datetime(2023, 1, 1, tzinfo=UTC), datetime(2024, 1, 1, tzinfo=UTC)
    member_id = one(("card_no", "A1"))
    for joined in (("s2", late, "app"), ("s1", early, "pos"), ("s3", late, "web")):
        resolve(identifiers([[("card_no", "A1")]], joined={0: joined}), "crm")
    member = Member.objects.get(pk=member_id)
    assert (member.home_store_id, member.joined_at, member.joined_channel) == ("s1", early, "pos")
    assert member.joined_from_orders is False


def test_no_rows_are_no_members() -> None:
    result = load()
    assert (result.member_of_row.num_rows, result.refused.num_rows) == (0, 0)
    assert (result.created, result.merged, result.reviews) == (0, 0, 0)
