"""A merge joins ledger and lake; undoing it restores both exactly."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest

from regulars.apps.accounts.models import AuditEvent
from regulars.apps.accounts.types import Actor, DataScope, Role
from regulars.apps.members import hooks
from regulars.apps.members.models import Identifier, LinkEvent, Member
from regulars.apps.members.services.by_hand import merge_members, unmerge_members
from regulars.apps.members.services.lake_side.publishing import publish, publish_into
from regulars.apps.members.tests.lake_rows import (
    attribute,
    everything,
    held,
    line,
    order,
    owners,
    put,
)
from regulars.apps.members.tests.loads import load, members, one, owned_by
from regulars.base.errors import IdentityError, NotVisibleError, RefusedError
from regulars.lake import Lake
from regulars.lake.contracts import contract

pytestmark = pytest.mark.django_db


def two_members(lake: Lake) -> tuple[str, str]:
    """Return two members with orders, attributes and a shared tablet; the first is senior."""
    first = one(("card_no", "A1"), ("device", "tablet"), ("phone", "13812345678", False))
    second = one(("unionid", "U1"), ("device", "tablet"), ("phone", "13812345678"))
    with lake.transaction() as writing:
        for name, make in (("orders", order), ("order_lines", line)):
            rows = [make("o1", first), make("o2", second, store="s2", day=40), make("o3", None)]
            put(writing, name, rows)
        put(
            writing,
            "member_attributes",
            [
                attribute(first, "income", "low"), attribute(second, "income", "high", day=1),
                attribute(first, "pets", "dog", day=2), attribute(second, "pets", "cat"),
                attribute(second, "kids", "2"),
            ],
        )  # fmt: skip
        publish_into(writing)
        profile = dict.fromkeys(contract("members").column_names)
        put(
            writing,
            "members",
            [
                profile | {"member_id": first, "source": "crm"},
                profile | {"member_id": second, "gender": "female", "source": "app"},
            ],
        )
    publish(lake, everything=True)  # the rows above know nothing of first orders
    return first, second


def ledger_state() -> dict[str, Any]:
    return {
        "members": list(Member.objects.order_by("pk").values()),
        "identifiers": sorted(
            (row.member_id, row.kind, bytes(row.key_hash), row.exclusive, row.verified)
            for row in Identifier.objects.all()
        ),
    }


def merge_event() -> int:
    return LinkEvent.objects.filter(kind="merge").latest("pk").pk


def test_a_merge_by_hand_moves_everything(lake: Lake, operator: Actor) -> None:
    first, second = two_members(lake)
    assert merge_members(operator, lake, member_id=second, other_id=first) == first
    assert owners(lake) == {"o1": first, "o2": first, "o3": None}
    assert owners(lake, "order_lines") == {"o1": first, "o2": first, "o3": None}
    assert [row["member_id"] for row in held(lake, "members")] == [first]
    assert held(lake, "members")[0]["gender"] == "female"
    assert {row["name"]: row["value"] for row in held(lake, "member_attributes")} == {
        "income": "high", "pets": "dog", "kids": "2",
    }  # fmt: skip
    assert owned_by(first) == ["card_no", "phone", "unionid"]
    assert AuditEvent.objects.get(action="merge").object_id == first


def test_undoing_a_merge_restores_ledger_and_lake_exactly(lake: Lake, operator: Actor) -> None:
    first, second = two_members(lake)
    ledger, tables = ledger_state(), everything(lake)
    merge_members(operator, lake, member_id=first, other_id=second)
    assert ledger_state() != ledger
    assert unmerge_members(operator, lake, event_id=merge_event()) == second
    assert ledger_state() == ledger
    assert everything(lake) == tables


def test_a_merge_found_by_a_load_is_undone_the_same_way(lake: Lake, operator: Actor) -> None:
    first, second = two_members(lake)
    tables = everything(lake)
    assert load([("card_no", "A1"), ("unionid", "U1")]).merged == 1
    publish(lake)
    assert owners(lake)["o2"] == first
    unmerge_members(operator, lake, event_id=merge_event())
    assert everything(lake) == tables
    # The same evidence does not join them again.
    result = load([("card_no", "A1"), ("unionid", "U1")])
    assert (result.merged, result.reviews) == (0, 0)
    assert members(result) == [second]  # the stronger key's member


def test_what_came_after_the_merge_stays_with_the_survivor(lake: Lake, operator: Actor) -> None:
    first, second = two_members(lake)
    merge_members(operator, lake, member_id=first, other_id=second)
    corrected = order("o2", first, store="s9", day=40)
    with lake.transaction() as writing:
        put(writing, "orders", [order("o4", first, day=50), corrected])
    unmerge_members(operator, lake, event_id=merge_event())
    assert owners(lake) == {"o1": first, "o2": second, "o3": None, "o4": first}
    assert [row["store_id"] for row in held(lake, "orders") if row["order_id"] == "o2"] == ["s9"]


@pytest.mark.parametrize("newest_first", [True, False])
def test_a_chain_of_merges_is_undone_in_any_order(
    lake: Lake, operator: Actor, *, newest_first: bool
) -> None:
    first, second = two_members(lake)
    third = one(("card_no", "A3"))
    with lake.transaction() as writing:
        put(writing, "orders", [order("o5", third, day=60)])
    publish(lake)
    ledger, tables = ledger_state(), owners(lake)
    merge_members(operator, lake, member_id=second, other_id=third)
    inner = merge_event()
    merge_members(operator, lake, member_id=first, other_id=second)
    outer = merge_event()
    assert set(owners(lake).values()) == {first, None}
    for event in (outer, inner) if newest_first else (inner, outer):
        unmerge_members(operator, lake, event_id=event)
    assert owners(lake) == tables
    assert ledger_state() == ledger


def test_facts_written_late_under_a_merged_id_follow(lake: Lake, operator: Actor) -> None:
    first, second = two_members(lake)
    merge_members(operator, lake, member_id=first, other_id=second)
    with lake.transaction() as writing:
        put(writing, "orders", [order("o6", second, day=9)])
    assert publish(lake).facts_moved == 1
    assert owners(lake)["o6"] == first


def test_lines_of_a_neighbour_in_one_order_are_not_lost(lake: Lake, operator: Actor) -> None:
    first, second = two_members(lake)
    other = one(("card_no", "A9"))
    shared = line("o2", other, store="s2", day=40) | {"line_no": "2"}
    with lake.transaction() as writing:
        put(writing, "order_lines", [line("o2", second, store="s2", day=40), shared])
    merge_members(operator, lake, member_id=first, other_id=second)
    lines = [row for row in held(lake, "order_lines") if row["order_id"] == "o2"]
    assert [(row["line_no"], row["member_id"]) for row in lines] == [("1", first), ("2", other)]


def test_a_role_without_the_right_merges_nobody(lake: Lake, operator: Actor) -> None:
    first, second = two_members(lake)
    guide = Actor(operator.user_id, "gus", "Gus", Role.GUIDE, DataScope("guide", ("g1",)))
    with pytest.raises(RefusedError):
        merge_members(guide, lake, member_id=first, other_id=second)
    assert Member.objects.filter(state="active").count() == 2
    assert not AuditEvent.objects.filter(action="merge").exists()


def test_only_two_active_members_merge_and_only_a_standing_merge_is_undone(
    lake: Lake, operator: Actor
) -> None:
    first, second = two_members(lake)
    with pytest.raises(IdentityError, match="two different active"):
        merge_members(operator, lake, member_id=first, other_id=first)
    merge_members(operator, lake, member_id=first, other_id=second)
    with pytest.raises(IdentityError, match="two different active"):
        merge_members(operator, lake, member_id=first, other_id=second)
    unmerge_members(operator, lake, event_id=merge_event())
    with pytest.raises(IdentityError, match="undone"):
        unmerge_members(operator, lake, event_id=merge_event())
    with pytest.raises(NotVisibleError):
        unmerge_members(operator, lake, event_id=999_999)


def test_upper_rooms_hear_of_merges_and_their_undoing(
    lake: Lake, operator: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[Any] = []
    monkeypatch.setattr(hooks, "_merge_hooks", [heard.extend])
    monkeypatch.setattr(hooks, "_unmerge_hooks", [heard.append])
    first, second = two_members(lake)
    load([("card_no", "A1"), ("unionid", "U1")])
    unmerge_members(operator, lake, event_id=merge_event())
    assert heard == [
        hooks.Joined(merge_event(), second, first), hooks.Parted(merge_event(), second, first),
    ]  # fmt: skip


def test_a_hook_that_fails_takes_the_merge_back(
    lake: Lake, operator: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_joined: object) -> None:
        raise IdentityError("points cannot be joined")

    first, second = two_members(lake)
    ledger, tables = ledger_state(), everything(lake)
    monkeypatch.setattr(hooks, "_merge_hooks", [refuse])
    with pytest.raises(IdentityError, match="points"):
        merge_members(operator, lake, member_id=first, other_id=second)
    assert (ledger_state(), everything(lake)) == (ledger, tables)


def test_publishing_again_writes_nothing(lake: Lake, operator: Actor) -> None:
    first, second = two_members(lake)
    merge_members(operator, lake, member_id=first, other_id=second)
    sequence = lake.snapshot().sequence
    assert publish(lake).written == 0
    assert lake.snapshot().sequence == sequence
    assert pa.table({"member_id": [first]}).num_rows == len(held(lake, "members"))
