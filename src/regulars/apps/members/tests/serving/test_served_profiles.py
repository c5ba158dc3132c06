"""The serving copy: equal to a count by hand, and kept so by writing what differs."""

from __future__ import annotations

import json
import random
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from regulars.apps.accounts.queries import ScopedLake, scoped
from regulars.apps.accounts.types import Actor, DataScope
from regulars.apps.members.models import ServedCopy, ServedProfile
from regulars.apps.members.queries import profile_from_lake, served_profile
from regulars.apps.members.services.by_hand import merge_members
from regulars.apps.members.services.erasure import erase_member
from regulars.apps.members.services.lake_side.publishing import publish
from regulars.apps.members.services.serving import Served, is_serving_due, serve_profiles, stretches
from regulars.apps.members.tests.lake_rows import NOON, attribute, line, order, put
from regulars.apps.members.tests.loads import load, one
from regulars.apps.members.tests.serving import brute_force
from regulars.lake import Lake
from regulars.science.producers import refresh

pytestmark = pytest.mark.django_db
MARCH_9 = date(2024, 3, 9)


@pytest.fixture
def shop(lake: Lake) -> Lake:
    """Twelve members, of whom ten bought at random on fifteen days; features as of the ninth."""
    drawn = random.Random(4)
    load(*([("card_no", f"A{number}")] for number in range(12)))
    publish(lake)
    members = sorted(lake.snapshot().table("members").to_pyarrow()["member_id"].to_pylist())
    orders, lines = [], []
    for number in range(80):
        member = drawn.choice([None, *members[:10]])
        day, store = drawn.randrange(15), drawn.choice(["s1", "s2", "s3"])
        orders.append(order(f"o{number:02}", member, store=store, day=day))
        row = line(f"o{number:02}", member, store=store, day=day)
        lines.append(row | {"product_id": drawn.choice(["p1", "p2", "p3", "p9"])})
    with lake.transaction(note="a fortnight") as writing:
        put(writing, "products", [product("p1", "TEA"), product("p2", "RICE"), product("p3", None)])
        put(writing, "orders", orders)
        put(writing, "order_lines", lines)
        put(writing, "refunds", [refund(f"r{n}", row) for n, row in enumerate(orders[::9])])
        put(writing, "member_attributes", [attribute(members[0], "city", "上海")])
    refresh(lake, MARCH_9)
    return lake


def product(product_id: str, category: str | None) -> dict[str, Any]:
    return {
        "product_id": product_id, "category": category, "measured": False, "placeholder": False,
        "source": "test",
    }  # fmt: skip


def refund(refund_id: str, bought: dict[str, Any]) -> dict[str, Any]:
    at = bought["ordered_at"] + timedelta(days=1)
    return {
        "refund_id": refund_id, "order_id": bought["order_id"], "member_id": bought["member_id"],
        "store_id": bought["store_id"], "channel": "pos", "refunded_at": at,
        "business_date": at.date(), "currency": "CNY", "amount": Decimal("10.00"),
        "source": "test",
    }  # fmt: skip


def everybody(lake: Lake) -> ScopedLake:
    return scoped(lake.snapshot(), DataScope("hq"))


def held_histories() -> dict[str, dict[str, Any]]:
    profiles = ServedProfile.objects.values_list("member_id", "history")
    return {member_id: brute_force.shown(json.loads(history)) for member_id, history in profiles}


def is_right(lake: Lake, as_of: date | None = MARCH_9) -> bool:
    """Whether what is served is what a count by hand says, and nothing differs from the lake."""
    assert held_histories() == brute_force.histories(lake, as_of)
    return serve_profiles(lake, everything=True).written == 0


def test_every_profile_says_what_a_count_by_hand_says(shop: Lake) -> None:
    assert serve_profiles(shop) == Served(looked_at=24, written=24, removed=0)
    assert is_right(shop)
    (served,) = ServedProfile.objects.order_by("pk")[:1]
    standing = json.loads(served.standing)
    (row,) = (
        row
        for row in shop.snapshot().table("features/rfm").to_pyarrow().to_pylist()
        if row["member_id"] == served.pk
    )
    assert standing["rfm"]["monetary"] == str(row["monetary"])
    assert standing["rfm"]["recency_days"] == row["recency_days"]
    assert standing["lifecycle"]["lifecycle_stage"] in {"introduction", "growth", "mature"}


def test_only_what_a_commit_changed_is_looked_at(shop: Lake) -> None:
    serve_profiles(shop)
    assert serve_profiles(shop) == Served(0, 0, 0)
    buyer = ServedProfile.objects.order_by("pk")[3].pk
    with shop.transaction(note="an order of that day") as writing:
        put(writing, "orders", [order("new", buyer, store="s9", day=2)])
    # The features wait for a refresh: looked at, but as they were.
    assert serve_profiles(shop) == Served(looked_at=2, written=1, removed=0)
    assert "s9" in ServedProfile.objects.get(pk=buyer).history
    assert is_right(shop)
    refresh(shop, MARCH_9)
    found = serve_profiles(shop)
    assert (found.looked_at, found.removed) == (1, 0) or found.written >= 1
    assert is_right(shop)


def test_facts_count_once_the_date_has_passed_them(shop: Lake) -> None:
    serve_profiles(shop)
    for day in (MARCH_9 + timedelta(days=1), MARCH_9 - timedelta(days=3)):
        refresh(shop, day)
        serve_profiles(shop)
        newest = max(day, ServedCopy.objects.get().as_of or day)
        assert is_right(shop, newest)


def test_who_goes_is_removed_and_who_comes_is_added(shop: Lake, operator: Actor) -> None:
    serve_profiles(shop)
    first, second, third = ServedProfile.objects.order_by("pk").values_list("pk", flat=True)[:3]
    erase_member(operator, shop, member_id=first)
    assert not ServedProfile.objects.filter(pk=first).exists()
    gone = {second, third} - {merge_members(operator, shop, member_id=second, other_id=third)}
    new = one(("card_no", "B1"))
    publish(shop)
    serve_profiles(shop)
    held = set(ServedProfile.objects.values_list("pk", flat=True))
    assert new in held
    assert not ({first} | gone) & held
    assert is_right(shop)


def test_a_new_product_list_moves_favourites(shop: Lake) -> None:
    serve_profiles(shop)
    with shop.transaction(note="a name") as writing:
        put(writing, "products", [product("p9", "SALT")])
    serve_profiles(shop)
    assert is_right(shop)
    assert any("SALT" in one for one in ServedProfile.objects.values_list("history", flat=True))


def test_members_are_looked_at_in_stretches(shop: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stretches, "MEMBERS_MAX", 5)
    monkeypatch.setattr(stretches, "_NAMED_MAX", 2)
    assert serve_profiles(shop) == Served(looked_at=24, written=24, removed=0)
    refresh(shop, MARCH_9 + timedelta(days=1))
    serve_profiles(shop)
    assert is_right(shop, MARCH_9 + timedelta(days=1))


def test_an_older_commit_never_replaces_a_newer_one(shop: Lake) -> None:
    serve_profiles(shop)
    ServedProfile.objects.update(history='{"newer": true}', history_digest="n", sequence=10_000)
    serve_profiles(shop, everything=True)
    assert set(ServedProfile.objects.values_list("history", flat=True)) == {'{"newer": true}'}


def test_one_member_is_read_as_all_are(shop: Lake) -> None:
    serve_profiles(shop)
    for member_id in ServedProfile.objects.order_by("pk").values_list("pk", flat=True)[:3]:
        held, live = served_profile(member_id), profile_from_lake(everybody(shop), member_id)
        assert held is not None
        assert held.profile is not None
        assert live.profile is not None
        assert (held.as_of, held.features) == (live.as_of, live.features)
        assert held.profile.history == live.profile.history
        assert held.profile.standing == live.profile.standing
    nobody = profile_from_lake(everybody(shop), "m-nobody")
    assert nobody.profile is None


def test_serving_is_due_after_a_commit_and_a_rest(shop: Lake) -> None:
    assert is_serving_due(shop)
    serve_profiles(shop)
    assert not is_serving_due(shop)
    with shop.transaction(note="a product") as writing:
        put(writing, "products", [product("p8", "SALT")])
    ServedCopy.objects.update(seconds=3_600.0)
    assert not is_serving_due(shop)
    ServedCopy.objects.update(seconds=0.0)
    assert is_serving_due(shop)
    assert NOON.year == 2024
