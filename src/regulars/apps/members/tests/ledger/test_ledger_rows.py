"""Many rows at once: as one by one, also in what is refused."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from regulars.apps.members.models import Identifier, Member
from regulars.apps.members.services.ledger_rows import database_time, insert_rows

pytestmark = pytest.mark.django_db
AT = datetime(2024, 5, 1, 8, 0, 0, 123456, UTC)
MEMBER = ("member_id", "home_store_id", "guide_id", "joined_at", "joined_channel",
          "joined_from_orders", "state", "source", "created_at")  # fmt: skip
IDENTIFIER = ("kind", "key_hash", "ciphertext", "key_id", "verified", "exclusive", "member_id",
              "source", "first_seen_at")  # fmt: skip
AGAIN = "ON CONFLICT (member_id, kind, key_hash) DO NOTHING"
# Few rows and many go different ways into PostgreSQL.
FEW, MANY = 3, 300


def members(count: int) -> list[tuple[Any, ...]]:
    at = database_time(AT)
    return [
        (f"m{n}", "熟客\t店\n", "", at if n % 2 else None, "", n % 3 == 0, "active", "crm", at)
        for n in range(count)
    ]


def identifiers(count: int, *, exclusive: bool = True) -> list[tuple[Any, ...]]:
    return [
        ("card_no", n.to_bytes(32), b"\x00\\x\xff" + bytes([n % 256]), "k1", True, exclusive,
         f"m{n}", "crm", database_time(AT))
        for n in range(count)
    ]  # fmt: skip


@pytest.mark.parametrize("count", [FEW, MANY])
def test_what_goes_in_comes_out(count: int) -> None:
    insert_rows(Member, MEMBER, iter(members(count)))
    insert_rows(Identifier, IDENTIFIER, iter(identifiers(count)))
    held = {row.pk: row for row in Member.objects.all()}
    assert len(held) == count
    for n in range(count):
        one = held[f"m{n}"]
        assert (one.home_store_id, one.joined_at, one.joined_from_orders) == (
            "熟客\t店\n", AT if n % 2 else None, n % 3 == 0,
        )  # fmt: skip
    sealed = {row.member_id: bytes(row.ciphertext) for row in Identifier.objects.all()}
    assert sealed == {f"m{n}": b"\x00\\x\xff" + bytes([n % 256]) for n in range(count)}


@pytest.mark.parametrize("count", [FEW, MANY])
def test_a_key_with_an_owner_is_refused_and_nothing_of_the_rows_stays(count: int) -> None:
    insert_rows(Member, MEMBER, members(count))
    insert_rows(Identifier, IDENTIFIER, identifiers(count)[-1:])
    with pytest.raises(IntegrityError), transaction.atomic():
        insert_rows(Identifier, IDENTIFIER, identifiers(count))
    assert Identifier.objects.count() == 1


@pytest.mark.parametrize("count", [FEW, MANY])
def test_a_conflict_may_be_passed_over(count: int) -> None:
    insert_rows(Member, MEMBER, members(count))
    insert_rows(Identifier, IDENTIFIER, identifiers(count, exclusive=False)[-1:])
    for _twice in range(2):
        insert_rows(Identifier, IDENTIFIER, identifiers(count, exclusive=False), on_conflict=AGAIN)
    assert Identifier.objects.count() == count
    assert "waiting_rows" not in connection.introspection.table_names()
