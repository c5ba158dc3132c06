"""Publishing looks at members that changed only, loses none, and repeats nothing."""

from __future__ import annotations

import pyarrow as pa
import pytest

from regulars.apps.accounts.types import Actor
from regulars.apps.members.models import FollowedCommit, Member, UnpublishedChange
from regulars.apps.members.services.by_hand import merge_members
from regulars.apps.members.services.lake_side import ledger_side
from regulars.apps.members.services.lake_side.publishing import publish, publish_into
from regulars.apps.members.tests.lake_rows import held, order, owners, put
from regulars.apps.members.tests.loads import load, one
from regulars.lake import Lake, Transaction

pytestmark = pytest.mark.django_db


def homes(lake: Lake) -> dict[str, str | None]:
    return {row["member_id"]: row["home_store_id"] for row in held(lake, "members")}


def test_only_members_that_changed_are_compared(
    lake: Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    load(*([("card_no", f"A{number}")] for number in range(20)))
    assert publish(lake).written == 20
    assert not UnpublishedChange.objects.exists()
    compared: list[int] = []
    read = ledger_side.member_rows

    def counted(newest_note: int | None) -> pa.Table:
        table = read(newest_note)
        compared.append(table.num_rows)
        return table

    monkeypatch.setattr(ledger_side, "member_rows", counted)
    load([("card_no", "A3")], [("card_no", "B1")])
    assert publish(lake).written == 1
    assert publish(lake).written == 0
    assert compared == [1, 0]


def test_only_members_with_new_orders_get_a_home_store(lake: Lake) -> None:
    first, second = one(("card_no", "A1")), one(("card_no", "A2"))
    with lake.transaction() as writing:
        put(writing, "orders", [order("o1", first, store="s1"), order("o2", second, store="s2")])
        publish_into(writing)
    assert homes(lake) == {first: "s1", second: "s2"}
    Member.objects.update(home_store_id="elsewhere")  # unnoticed: nobody noted it
    with lake.transaction() as writing:
        put(writing, "orders", [order("o0", first, store="s0", day=-1)])
        publish_into(writing)
    assert homes(lake) == {first: "s0", second: "s2"}
    publish(lake, everything=True)
    assert homes(lake) == {first: "s0", second: "s2"}
    assert Member.objects.get(pk=second).home_store_id == "s2"


def test_what_a_lost_commit_took_back_is_published_next_time(lake: Lake) -> None:
    member_id = one(("card_no", "A1"))
    with pytest.raises(RuntimeError), lake.transaction() as writing:  # noqa: PT012 the block is the commit
        put(writing, "orders", [order("o1", member_id)])
        assert publish_into(writing).written == 1
        raise RuntimeError("the disk is full")
    assert UnpublishedChange.objects.exists()
    assert publish(lake).written == 1
    assert homes(lake) == {member_id: "s1"}  # the ledger kept what the order said
    assert not UnpublishedChange.objects.exists()


def test_a_crash_between_the_commit_and_the_ledger_repeats_nothing(
    lake: Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    member_id = one(("card_no", "A1"))
    with monkeypatch.context() as crash:
        crash.setattr(Transaction, "committed", lambda _transaction: None)
        assert publish(lake).written == 1
    assert UnpublishedChange.objects.count() == 1
    sequence = lake.snapshot().sequence
    assert publish(lake).written == 0
    assert not UnpublishedChange.objects.exists()
    assert homes(lake) == {member_id: None}
    assert FollowedCommit.objects.get().sequence == sequence + 1


def test_orders_that_name_a_merged_member_later_reach_the_survivor(
    lake: Lake, operator: Actor
) -> None:
    first, second = one(("card_no", "A1")), one(("unionid", "U1"))
    publish(lake)
    assert merge_members(operator, lake, member_id=first, other_id=second) == first
    with lake.transaction() as writing:  # a load that had looked up its members before the merge
        put(writing, "orders", [order("o1", second)])
        publish_into(writing)
    assert owners(lake) == {"o1": first}


def test_orders_written_after_publishing_are_followed_next_time(lake: Lake) -> None:
    member_id = one(("card_no", "A1"))
    with lake.transaction() as writing:
        publish_into(writing)
        put(writing, "orders", [order("o1", member_id, store="s9")])
    assert homes(lake) == {member_id: None}
    publish(lake)
    assert homes(lake) == {member_id: "s9"}


def test_a_lake_put_back_to_an_earlier_commit_is_compared_in_full(lake: Lake) -> None:
    member_id = one(("card_no", "A1"))
    publish(lake)
    FollowedCommit.objects.update(sequence=99)
    with lake.transaction() as writing:
        put(writing, "members", [held(lake, "members")[0] | {"home_store_id": "wrong"}])
    assert publish(lake).written == 1
    assert homes(lake) == {member_id: None}
    assert FollowedCommit.objects.get().sequence == lake.snapshot().sequence
