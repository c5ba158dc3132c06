"""Identifiers are found by their hash, shown masked, and opened only as a logged act."""

from __future__ import annotations

import pytest
from pytest_django import DjangoAssertNumQueries

from regulars.apps.accounts.models import AuditEvent
from regulars.apps.accounts.queries import ScopedLake, scoped
from regulars.apps.accounts.services import vault
from regulars.apps.accounts.types import Actor, DataScope, Role
from regulars.apps.members import queries
from regulars.apps.members.models import Identifier
from regulars.apps.members.services.lake_side.publishing import publish
from regulars.apps.members.services.resealing import reseal_identifiers
from regulars.apps.members.services.reveal import reveal
from regulars.apps.members.tests.lake_rows import order, put
from regulars.apps.members.tests.loads import load, one
from regulars.base.errors import NotVisibleError, RefusedError
from regulars.lake import Lake

pytestmark = pytest.mark.django_db

PHONE = "13812345678"


@pytest.fixture
def member_id(lake: Lake) -> str:
    """Return a member of the store s1, published."""
    found = one(("phone", PHONE), ("card_no", "A0000123456"), ("email", "li.na@shop.cn"))
    with lake.transaction() as writing:
        put(writing, "orders", [order("o1", found, store="s1")])
    publish(lake)
    return found


def view(lake: Lake, *stores: str) -> ScopedLake:
    scope = DataScope("store", stores) if stores else DataScope("hq")
    return scoped(lake.snapshot(), scope)


@pytest.mark.parametrize(
    "text", ["138 1234 5678", "+86-138-1234-5678", "a0000123456", " LI.NA@shop.cn "]
)
def test_a_member_is_found_by_any_spelling(lake: Lake, member_id: str, text: str) -> None:
    assert queries.find_by_identifier(text, view(lake)) == [member_id]


@pytest.mark.parametrize("text", ["13812345679", "", "A", "' OR 1=1", "null"])
def test_nobody_is_found_by_something_else(lake: Lake, member_id: str, text: str) -> None:
    assert queries.find_by_identifier(text, view(lake)) == []


def test_another_shop_finds_nobody(lake: Lake, member_id: str) -> None:
    assert queries.find_by_identifier(PHONE, view(lake, "s1")) == [member_id]
    assert queries.find_by_identifier(PHONE, view(lake, "s2")) == []


def test_who_owns_the_phone_comes_before_who_only_carries_it(lake: Lake) -> None:
    carrier = one(("card_no", "B1"), ("phone", PHONE, False))
    owner = one(("card_no", "B2"), ("phone", PHONE))
    publish(lake)
    assert queries.find_by_identifier(PHONE, view(lake)) == [owner, carrier]


def test_identifiers_are_masked(lake: Lake, member_id: str) -> None:
    shown = queries.identifiers_of([member_id])[member_id]
    assert [(each.kind.value, each.masked) for each in shown] == [
        ("card_no", "****3456"), ("phone", "138****5678"), ("email", "l***@shop.cn"),
    ]  # fmt: skip


def test_a_reveal_is_logged_without_the_value(lake: Lake, member_id: str, operator: Actor) -> None:
    row = Identifier.objects.get(kind="phone")
    assert reveal(operator, view(lake), identifier_id=row.pk) == f"+86{PHONE}"
    event = AuditEvent.objects.get(action="reveal")
    assert (event.object_id, event.detail) == (member_id, {"kind": "phone", "row": row.pk})


def test_no_reveal_outside_the_scope_or_the_role(
    lake: Lake, member_id: str, operator: Actor
) -> None:
    row = Identifier.objects.get(kind="phone")
    with pytest.raises(NotVisibleError):
        reveal(operator, view(lake, "s2"), identifier_id=row.pk)
    with pytest.raises(NotVisibleError):
        reveal(operator, view(lake), identifier_id=row.pk + 1000)
    analyst = Actor(operator.user_id, "an", "An", Role.ANALYST, DataScope("hq"))
    with pytest.raises(RefusedError):
        reveal(analyst, view(lake), identifier_id=row.pk)
    assert not AuditEvent.objects.filter(action="reveal").exists()


def test_the_link_history_tells_how_a_member_came_to_be(lake: Lake) -> None:
    card = one(("card_no", "A0000123456"))
    app = one(("phone", PHONE))
    load([("card_no", "A0000123456"), ("phone", PHONE)], source="till")
    entries = queries.link_history(card)
    assert [
        (entry.kind.value, entry.identifier_masked, entry.other_id, entry.source)
        for entry in entries
    ] == [("merge", "", app, "till"), ("attach", "****3456", None, "crm")]
    assert [entry.kind.value for entry in queries.link_history(app)] == ["merge", "attach"]


def test_reads_of_many_members_take_one_query(
    lake: Lake, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    result = load(*[[("card_no", f"C{n}"), ("device", f"d{n}")] for n in range(30)])
    ids = result.member_of_row.column("member_id").to_pylist()
    queries.identifiers_of(ids[:1])  # opens the vault
    with django_assert_num_queries(1):
        assert len(queries.identifiers_of(ids)) == 30
    with django_assert_num_queries(1):
        assert len(queries.member_records(ids)) == 30


def test_counts(lake: Lake, member_id: str) -> None:
    counts = queries.identity_counts()
    assert (counts.active, counts.merged, counts.erased, counts.reviews_open) == (1, 0, 0, 0)
    assert counts.identifiers == {"card_no": 1, "email": 1, "phone": 1}


def test_a_new_key_takes_over_every_identifier(lake: Lake, member_id: str) -> None:
    old = vault.active_key_id()
    new = vault.add_key()
    carrier = one(("card_no", "B7"))
    assert {each.key_id: each.count for each in queries.sealed_keys()} == {old: 3, new: 1}
    assert reseal_identifiers() == 3
    assert {each.key_id: each.count for each in queries.sealed_keys()} == {new: 4}
    assert one(("phone", PHONE)) == member_id != carrier
    assert queries.identifiers_of([member_id])[member_id][1].masked == "138****5678"
    assert reseal_identifiers() == 0
