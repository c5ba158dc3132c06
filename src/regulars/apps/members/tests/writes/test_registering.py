"""Members made and changed one by one, from outside: by the rules, sealed, audited, in the lake."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from regulars.apps.accounts.models import AuditEvent
from regulars.apps.accounts.services import vault
from regulars.apps.accounts.types import Actor, Sealed
from regulars.apps.members.models import Declared, Identifier, Member, MergeReview
from regulars.apps.members.queries import member_profiles
from regulars.apps.members.services.by_hand import merge_members
from regulars.apps.members.services.erasure import erase_member
from regulars.apps.members.services.lake_side.declared import publish_waiting
from regulars.apps.members.services.registering import create_member, update_member
from regulars.apps.members.services.resealing import reseal_names
from regulars.apps.members.tests.loads import one, owned_by
from regulars.apps.members.types import IdentifierClaim, MemberChange, NewMember
from regulars.base.errors import IdentifierTakenError, IdentityError, NotVisibleError, RuleError
from regulars.lake import Lake

pytestmark = pytest.mark.django_db

PHONE = IdentifierClaim("phone", " 138-1234 5678", verified=True)
CARD = IdentifierClaim("card_no", "a001", verified=True)
JOINED = datetime(2025, 3, 1, 4, tzinfo=UTC)
LINA = NewMember(
    identifiers=(PHONE, CARD),
    name="李娜",
    gender="female",
    birth_date=date(1990, 2, 3),
    joined_at=JOINED,
    joined_channel="app",
    home_store_id="s1",
    guide_id="g1",
)


def rows(lake: Lake) -> list[dict[str, Any]]:
    with lake.snapshot() as snapshot:
        found: list[dict[str, Any]] = snapshot.table("members").to_pyarrow().to_pylist()
    return found


def test_a_new_member_is_in_the_ledger_at_once_and_in_the_lake_after_publishing(lake: Lake) -> None:
    record = create_member(LINA, source="app")
    assert (record.home_store_id, record.guide_id, record.joined_at, record.joined_channel) == (
        "s1", "g1", JOINED, "app",
    )  # fmt: skip
    assert not record.joined_from_orders
    assert owned_by(record.member_id) == ["card_no", "phone"]
    assert publish_waiting(lake) == 1
    assert rows(lake) == [
        {
            "member_id": record.member_id, "home_store_id": "s1", "guide_id": "g1",
            "joined_at": JOINED, "joined_on": date(2025, 3, 1), "joined_channel": "app",
            "gender": "female", "birth_date": date(1990, 2, 3), "source": "app",
        }
    ]  # fmt: skip
    sequence = lake.snapshot().sequence
    assert publish_waiting(lake) == 0
    assert lake.snapshot().sequence == sequence


def test_the_profile_shows_masks_only() -> None:
    member_id = create_member(LINA, source="app").member_id
    profile = member_profiles([member_id, "m0"])[member_id]
    assert (profile.name_masked, profile.gender, profile.birth_date) == (
        "李**", "female", date(1990, 2, 3),
    )  # fmt: skip
    assert [each.masked for each in profile.identifiers] == ["****1", "138****5678"]
    held = Declared.objects.get()
    assert "李娜".encode() not in bytes(held.name_ciphertext or b"")
    assert (
        vault.unseal(Sealed(held.name_key_id, bytes(held.name_ciphertext or b"")), "name") == "李娜"
    )


def test_what_was_done_is_in_the_audit_trail_without_a_value(operator: Actor) -> None:
    member_id = create_member(LINA, source="app", by="key till").member_id
    update_member(member_id, MemberChange(name="李安娜"), source="app", actor=operator)
    made, changed = AuditEvent.objects.order_by("pk")
    assert (made.actor_name, made.action, made.object_id) == ("key till", "create", member_id)
    assert made.detail == {
        "fields": ["name", "gender", "birth_date", "home_store_id", "guide_id"],
        "kinds": ["card_no", "phone"],
    }
    assert (changed.actor_name, changed.action) == ("olga", "change")
    assert changed.detail == {"fields": ["name"], "kinds": []}


@pytest.mark.parametrize("verified", [True, False])
def test_an_identifier_of_somebody_else_is_refused_and_names_nobody(verified: bool) -> None:  # noqa: FBT001 a test's parameter
    owner = one(("phone", "13812345678"))
    claim = IdentifierClaim("phone", "+86 138 1234 5678", verified=verified)
    with pytest.raises(IdentifierTakenError) as caught:
        create_member(NewMember((claim, CARD)), source="app")
    other = create_member(NewMember((CARD,)), source="app").member_id
    with pytest.raises(IdentifierTakenError) as again:
        update_member(other, MemberChange((claim,), name="X"), source="app")
    for said in (str(caught.value), str(again.value)):
        assert owner not in said
        assert other not in said
        assert "138" not in said
    assert Member.objects.count() == 2
    assert Identifier.objects.count() == 2
    assert not MergeReview.objects.exists()
    assert member_profiles([other])[other].name_masked == ""


@pytest.mark.parametrize(
    ("claims", "said"),
    [
        ((), "tells one person"),
        ((IdentifierClaim("phone", "13812345678", verified=False),), "tells one person"),
        ((IdentifierClaim("device", "till-1", verified=True),), "tells one person"),
        ((CARD, IdentifierClaim("phone", "12", verified=True)), "cannot be a phone"),
        ((CARD, IdentifierClaim("email", "test@test.test", verified=True)), "cannot be a email"),
        ((IdentifierClaim("passport", "1", verified=True),), "no kind of identifier 'passport'"),
    ],
)
def test_identifiers_that_tell_nobody_make_no_member(
    claims: tuple[IdentifierClaim, ...], said: str
) -> None:
    with pytest.raises(IdentityError, match=said):
        create_member(NewMember(claims), source="app")
    assert not Member.objects.exists()
    assert not AuditEvent.objects.exists()


@pytest.mark.parametrize(
    "facts",
    [
        {"name": "x" * 101},
        {"name": "a\nb"},
        {"gender": "f"},
        {"birth_date": date(1899, 12, 31)},
        {"birth_date": date(2999, 1, 1)},
    ],
)
def test_facts_that_make_no_sense_are_refused(facts: dict[str, Any]) -> None:
    with pytest.raises(RuleError):
        create_member(NewMember((CARD,), **facts), source="app")
    assert not Member.objects.exists()


def test_a_change_adds_identifiers_and_leaves_what_it_does_not_name(lake: Lake) -> None:
    member_id = create_member(LINA, source="app").member_id
    publish_waiting(lake)
    email = IdentifierClaim("email", "Li.Na@shop.cn", verified=True)
    change = MemberChange((email, CARD), gender="other", guide_id="", home_store_id="s2")
    record = update_member(member_id, change, source="desk")
    assert (record.home_store_id, record.guide_id, record.joined_at) == ("s2", "", JOINED)
    assert owned_by(member_id) == ["card_no", "email", "phone"]
    profile = member_profiles([member_id])[member_id]
    assert (profile.name_masked, profile.gender, profile.birth_date) == (
        "李**", "other", date(1990, 2, 3),
    )  # fmt: skip
    assert publish_waiting(lake) == 1
    (row,) = rows(lake)
    assert (row["gender"], row["birth_date"], row["home_store_id"], row["guide_id"]) == (
        "other", date(1990, 2, 3), "s2", None,
    )  # fmt: skip
    update_member(member_id, MemberChange(name=""), source="desk")
    assert member_profiles([member_id])[member_id].name_masked == ""


def test_a_member_has_no_more_identifiers_of_a_kind_than_a_person_may() -> None:
    member_id = create_member(NewMember((CARD,)), source="app").member_id
    for number in range(3):
        phone = IdentifierClaim("phone", f"1381234567{number}", verified=True)
        update_member(member_id, MemberChange((phone,)), source="app")
    fourth = IdentifierClaim("phone", "13812345679", verified=True)
    with pytest.raises(IdentityError, match="cannot have this identifier as well"):
        update_member(member_id, MemberChange((fourth,)), source="app")
    assert owned_by(member_id) == ["card_no", "phone", "phone", "phone"]
    assert Identifier.objects.count() == 4
    assert Member.objects.count() == 1


def test_a_merged_id_leads_to_who_stands_for_it(lake: Lake, operator: Actor) -> None:
    first = create_member(NewMember((PHONE,), joined_at=JOINED, gender="male"), source="app")
    second = create_member(NewMember((CARD,), name="王五"), source="app")
    survivor = merge_members(operator, lake, member_id=first.member_id, other_id=second.member_id)
    assert survivor == first.member_id
    profile = member_profiles([second.member_id])[second.member_id]
    assert (profile.record.member_id, profile.name_masked, profile.gender) == (
        survivor, "王**", "male",
    )  # fmt: skip
    record = update_member(second.member_id, MemberChange(birth_date=date(1980, 1, 1)), source="x")
    assert record.member_id == survivor
    publish_waiting(lake)
    (row,) = rows(lake)
    assert (row["gender"], row["birth_date"]) == ("male", date(1980, 1, 1))


def test_an_erased_member_is_gone_with_name_and_birthday(lake: Lake) -> None:
    member_id = create_member(LINA, source="app").member_id
    publish_waiting(lake)
    erase_member(None, lake, member_id=member_id)
    assert not Declared.objects.exists()
    assert member_profiles([member_id]) == {}
    with pytest.raises(NotVisibleError):
        update_member(member_id, MemberChange(name="X"), source="app")
    with pytest.raises(NotVisibleError):
        update_member("m0000000000000000", MemberChange(name="X"), source="app")


def test_a_change_between_publishing_and_its_end_waits(
    lake: Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    from regulars.lake import Transaction

    member_id = create_member(LINA, source="app").member_id
    committed = Transaction.committed

    def late(self: Transaction) -> None:
        update_member(member_id, MemberChange(gender="other"), source="app")
        committed(self)

    monkeypatch.setattr(Transaction, "committed", late)
    publish_waiting(lake)
    monkeypatch.undo()
    assert Declared.objects.get().waiting
    publish_waiting(lake)
    assert rows(lake)[0]["gender"] == "other"
    assert not Declared.objects.get().waiting


def test_names_move_to_a_new_key() -> None:
    create_member(LINA, source="app")
    create_member(NewMember((IdentifierClaim("card_no", "b2", verified=True),)), source="app")
    new = vault.add_key()
    assert reseal_names() == 1
    assert Declared.objects.exclude(name_key_id="").get().name_key_id == new
    assert reseal_names() == 0
