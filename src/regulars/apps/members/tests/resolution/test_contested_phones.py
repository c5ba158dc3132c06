"""A phone that passes from one person to another joins nobody against what is said of them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from itertools import permutations
from typing import Any

import pyarrow as pa
import pytest
from django.db import transaction

from regulars.apps.ingest.hooks import IDENTIFIER_SCHEMA, Resolution
from regulars.apps.members.models import Identifier, Member, MergeReview
from regulars.apps.members.services.resolution.resolve import resolve
from regulars.apps.members.tests.loads import members

pytestmark = pytest.mark.django_db

PHONE = ("phone", "13812345678")
LI = {"name": "李娜", "birth_date": date(1990, 1, 1), "gender": "female"}
WANG = {"name": "王伟", "birth_date": date(1985, 5, 5), "gender": "male"}
HER_CARD = {"is": [("card_no", "A1"), PHONE], **LI}
HIS_CARD = {"is": [("card_no", "B1"), PHONE], **WANG}


def load(*people: dict[str, Any], source: str = "crm") -> Resolution:
    """Resolve people: ``is`` names identifiers, three-part ones unverified; the rest is said."""
    rows = [
        {"row_id": row_id, "kind": name[0], "value": name[1], "verified": len(name) == 2}
        | {key: value for key, value in person.items() if key != "is"}
        for row_id, person in enumerate(people)
        for name in person["is"]
    ]
    return resolve(pa.Table.from_pylist(rows, schema=IDENTIFIER_SCHEMA), source)


def test_two_card_holders_with_different_names_are_two_and_nobody_is_asked() -> None:
    result = load(HER_CARD, HIS_CARD)
    assert len(set(members(result))) == 2
    assert (result.created, result.reviews) == (2, 0)
    assert Identifier.objects.filter(kind="phone", exclusive=True).count() == 1
    assert Identifier.objects.filter(kind="phone", exclusive=False).count() == 1


def test_the_latest_to_register_has_the_phone_now() -> None:
    late, early = datetime(2025, 1, 1, tzinfo=UTC), datetime(2023, 1, 1, tzinfo=UTC)
    her, him = members(load(HER_CARD | {"joined_at": early}, HIS_CARD | {"joined_at": late}))
    assert Identifier.objects.get(kind="phone", exclusive=True).member_id == him != her


def test_a_new_owner_in_a_later_load_does_not_become_the_old_one() -> None:
    her = members(load(HER_CARD))[0]
    him = members(load(HIS_CARD))[0]
    assert her != him
    assert members(load(HER_CARD, HIS_CARD)) == [her, him]
    assert not MergeReview.objects.exists()


def test_the_same_name_joins_over_a_phone_nobody_verified() -> None:
    unverified = [("card_no", "A1"), (*PHONE, False)]
    first = members(load({"is": unverified, "name": "Ann LEE"}))[0]
    web = {"is": [("openid", "w1"), PHONE], "name": "ann  lee"}
    assert members(load(web, source="web")) == [first]
    stranger = {"is": [("openid", "w2"), (*PHONE, False)], "name": "Bo Hu"}
    assert members(load(stranger, source="web")) != [first]


def test_an_unnamed_user_goes_to_the_only_one_it_can_be() -> None:
    her, him = members(load(HER_CARD, HIS_CARD))
    user = {"is": [("openid", "o1"), PHONE], "gender": "male"}
    assert members(load(user, source="mini")) == [him]
    assert her != him
    assert not MergeReview.objects.exists()


def test_an_unnamed_user_who_may_be_either_is_asked_about() -> None:
    her, him = members(load(HER_CARD, HIS_CARD))
    result = load({"is": [("openid", "o1"), PHONE]}, source="mini")
    assert members(result)[0] not in {her, him}
    assert result.reviews == 1
    again = load({"is": [("openid", "o1"), PHONE]}, source="mini")
    assert (members(again), again.reviews) == (members(result), 0)


def test_two_accounts_of_one_app_are_two_people_unless_they_agree() -> None:
    users = [{"is": [("openid", f"o{n}"), PHONE]} for n in range(2)]
    assert len(set(members(load(*users, source="mini")))) == 2
    agreeing = [{"is": [("openid", f"p{n}"), ("phone", "13987654321")], **LI} for n in range(2)]
    assert len(set(members(load(*agreeing, source="mini")))) == 1
    elsewhere = {"is": [("openid", "w1"), ("phone", "13987654321")]}
    assert members(load(elsewhere, source="web")) == members(load(agreeing[0], source="mini"))


def test_an_account_recognised_by_its_unionid_is_weighed_as_an_account_too() -> None:
    known = {"is": [("openid", "o1"), ("unionid", "u1"), PHONE], "gender": "female"}
    stranger = {"is": [("openid", "o2"), PHONE], "gender": "female"}
    result = load(known, stranger, source="mini")
    assert len(set(members(result))) == 2
    assert result.reviews == 1


@pytest.mark.parametrize("phone", [PHONE, (*PHONE, False)])
def test_namesakes_who_differ_in_birthday_and_gender_are_two_and_nobody_is_asked(
    phone: tuple[Any, ...],
) -> None:
    his = {"is": [("card_no", "B1"), phone], **WANG, "name": LI["name"]}
    hers = {"is": [("card_no", "A1"), phone], **LI}
    web = {"is": [("openid", "w1"), PHONE], **LI, "gender": None}
    result = load(hers, his, web)
    first, second, third = members(result)
    assert first == third != second
    assert result.reviews == 0
    assert members(load(his, hers, web)) == [second, first, first]


@pytest.mark.parametrize("differing", [{"gender": "male"}, {"birth_date": date(1991, 1, 1)}])
def test_one_mistyped_detail_makes_no_two_people_of_a_name(differing: dict[str, Any]) -> None:
    other = {"is": [("card_no", "B1"), PHONE], **LI, **differing}
    assert len(set(members(load(HER_CARD, other)))) == 1


def test_a_refused_account_is_looked_at_again_when_its_name_becomes_known() -> None:
    """The later row names no phone: what was refused before is remembered."""
    first = {"is": [("openid", "o1"), PHONE], **LI}
    second = {"is": [("openid", "o2"), PHONE]}
    assert len(set(members(load(first, second, source="mini")))) == 2
    late = load({"is": [("openid", "o2")], **LI}, source="mini")
    assert late.merged == 1
    assert members(late) == members(load(first, source="mini"))


def test_an_account_refused_by_one_source_stays_refused_in_a_load_of_another() -> None:
    users = [{"is": [("openid", f"o{n}"), PHONE]} for n in range(2)]
    load(*users, source="mini")
    card = load({"is": [("card_no", "A1"), PHONE]}, source="crm")
    assert (card.merged, card.reviews) == (0, 1)  # the two users are asked about already
    again = load({"is": [("card_no", "A1"), PHONE]}, source="crm")
    assert (members(again), again.reviews) == (members(card), 0)


def test_the_outcome_does_not_depend_on_the_order_of_rows() -> None:
    later = {"joined_at": datetime(2025, 1, 1, tzinfo=UTC)}
    people: list[dict[str, Any]] = [
        HER_CARD, HIS_CARD | later, {"is": [("openid", "o1"), PHONE], "gender": "male"},
        {"is": [("openid", "o2"), ("card_no", "A1")]}, {"is": [PHONE]},
    ]  # fmt: skip
    found = set()
    for order in permutations(range(len(people))):
        with transaction.atomic():
            result = members(load(*(people[place] for place in order)))
            member_of = [result[order.index(place)] for place in range(len(people))]
            found.add(tuple(member_of.index(member) for member in member_of))
            transaction.set_rollback(True)
    assert found == {(0, 1, 1, 0, 1)}


def test_what_is_said_is_kept_as_a_hash_and_goes_with_erasure() -> None:
    member = Member.objects.get(pk=members(load(HER_CARD))[0])
    assert member.name_hash is not None
    assert (member.birth_date, member.gender) == (date(1990, 1, 1), "female")
    member_id = members(load({"is": [("card_no", "C1")]}))[0]
    load({"is": [("card_no", "C1")], **WANG})
    assert Member.objects.get(pk=member_id).gender == "male"
