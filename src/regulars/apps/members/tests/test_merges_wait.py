"""A load's commit shows what it brings; what its merges move follows in a commit of its own."""

from __future__ import annotations

import random
from typing import Any

import pytest

from regulars.apps.members.models import Member, UnpublishedChange
from regulars.apps.members.services.lake_side.publishing import (
    publish,
    publish_news_into,
    waiting_merges,
)
from regulars.apps.members.tests.lake_rows import held, line, order, owners, put
from regulars.apps.members.tests.loads import load, members, one
from regulars.lake import Lake, Transaction

pytestmark = pytest.mark.django_db


def _two_with_orders(lake: Lake) -> tuple[str, str]:
    """Return two members, each with an order of one line; the first is senior."""
    first, second = one(("card_no", "A1")), one(("unionid", "U1"))
    with lake.transaction() as writing:
        for name, make in (("orders", order), ("order_lines", line)):
            rows = [make("o1", first, day=1), make("o2", second, store="s2", day=5)]
            put(writing, name, rows)
        publish_news_into(writing)
    return first, second


def _loaded(lake: Lake, rows: list[dict[str, Any]]) -> None:
    """Load orders the way a load does: with the news, and the merges left for later."""
    with lake.transaction() as writing:
        put(writing, "orders", rows)
        publish_news_into(writing)


def _homes(lake: Lake) -> dict[str, str | None]:
    return {row["member_id"]: row["home_store_id"] for row in held(lake, "members")}


def test_older_facts_move_with_the_next_publishing(lake: Lake) -> None:
    first, second = _two_with_orders(lake)
    assert members(load([("card_no", "A1"), ("unionid", "U1")])) == [first]
    _loaded(lake, [order("o3", first, day=9)])
    assert owners(lake) == {"o1": first, "o2": second, "o3": first}
    assert set(_homes(lake)) == {first, second}  # no fact names a member the lake does not know
    assert waiting_merges() == [second]
    assert publish(lake).facts_moved == 2  # the order and its line
    assert owners(lake) == {"o1": first, "o2": first, "o3": first}
    assert owners(lake, "order_lines") == {"o1": first, "o2": first}
    assert _homes(lake) == {first: "s1"}
    assert waiting_merges() == []
    sequence = lake.snapshot().sequence
    publish(lake)
    assert lake.snapshot().sequence == sequence


def test_merges_wait_through_any_number_of_loads(lake: Lake) -> None:
    first, second = _two_with_orders(lake)
    load([("card_no", "A1"), ("unionid", "U1")])
    for day in (9, 10, 11):
        _loaded(lake, [order(f"o{day}", first, day=day)])
        assert waiting_merges() == [second]
    publish(lake)
    assert set(owners(lake).values()) == {first}
    assert not UnpublishedChange.objects.exists()


def test_a_member_that_late_facts_name_waits_too(lake: Lake) -> None:
    first, second = _two_with_orders(lake)
    load([("card_no", "A1"), ("unionid", "U1")])
    publish(lake)
    assert waiting_merges() == []
    _loaded(lake, [order("o3", second)])  # of a load that had looked up its members before
    assert waiting_merges() == [second]
    publish(lake)
    assert owners(lake) == {"o1": first, "o2": first, "o3": first}


def test_a_crash_before_the_outbox_is_told_loses_no_merge(
    lake: Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = _two_with_orders(lake)
    load([("card_no", "A1"), ("unionid", "U1")])
    with monkeypatch.context() as crash:
        crash.setattr(Transaction, "committed", lambda _transaction: None)
        _loaded(lake, [order("o3", first)])
    assert waiting_merges() == [second]
    publish(lake)
    assert owners(lake) == {"o1": first, "o2": first, "o3": first}
    assert not UnpublishedChange.objects.exists()


@pytest.mark.parametrize("seed", range(4))
def test_home_stores_are_those_of_the_first_orders_after_any_corrections(
    lake: Lake, seed: int
) -> None:
    """Orders come, move in time and change hands; each commit looks only at what may matter."""
    chance = random.Random(seed)
    people = [one(("card_no", f"A{number}")) for number in range(5)]
    current: dict[str, dict[str, Any]] = {}
    for _commit in range(10):
        changed = {
            f"o{number}": order(
                f"o{number}",
                chance.choice(people),
                store=f"s{chance.randrange(9)}",
                day=chance.randrange(-90, 90),
            )
            for number in chance.sample(range(14), chance.randrange(1, 4))
        }
        current |= changed
        _loaded(lake, list(changed.values()))
        first: dict[str, tuple[Any, ...]] = {}
        for row in current.values():
            said = (row["ordered_at"], row["order_id"], row["store_id"])
            first[row["member_id"]] = min(said, first.get(row["member_id"], said))
        found = {
            row.pk: (row.joined_at, row.home_store_id)
            for row in Member.objects.filter(pk__in=first)
        }
        assert found == {member: (said[0], said[2]) for member, said in first.items()}
