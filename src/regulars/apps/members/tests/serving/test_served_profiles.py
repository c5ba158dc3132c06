"""The serving copy: equal to a count by hand, and kept so by writing what differs."""

from __future__ import annotations

import json
from datetime import timedelta
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
from regulars.apps.members.tests.lake_rows import order, put
from regulars.apps.members.tests.loads import one
from regulars.apps.members.tests.serving.served import MARCH_9, is_right, product
from regulars.lake import Lake
from regulars.science.producers import refresh

pytestmark = pytest.mark.django_db


def everybody(lake: Lake) -> ScopedLake:
    return scoped(lake.snapshot(), DataScope("hq"))


def feature_row(shop: Lake, table: str, member_id: str) -> dict[str, Any]:
    rows = shop.snapshot().table(table).to_pyarrow().to_pylist()
    (found,) = (row for row in rows if row["member_id"] == member_id)
    return dict(found)


def test_every_profile_says_what_a_count_by_hand_says(shop: Lake) -> None:
    assert serve_profiles(shop) == Served(looked_at=24, written=24, removed=0)
    assert is_right(shop)
    (served,) = ServedProfile.objects.order_by("pk")[:1]
    standing = json.loads(served.standing)
    rfm, stage = (feature_row(shop, f"features/{name}", served.pk) for name in ("rfm", "lifecycle"))
    assert standing["rfm"]["monetary"] == str(rfm["monetary"])
    assert standing["rfm"]["recency_days"] == rfm["recency_days"]
    assert standing["lifecycle"]["lifecycle_stage"] == stage["lifecycle_stage"]
    assert standing["lifecycle"]["entered_on"] == stage["entered_on"].isoformat()


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
    assert serve_profiles(shop) == Served(looked_at=1, written=1, removed=0)
    assert is_right(shop)


def test_facts_count_once_the_date_has_passed_them(shop: Lake) -> None:
    serve_profiles(shop)
    march_10 = MARCH_9 + timedelta(days=1)
    # An earlier date is computed beside the newest one, which stays what is served.
    for day in (march_10, MARCH_9 - timedelta(days=3)):
        refresh(shop, day)
        serve_profiles(shop)
        assert is_right(shop, march_10)


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


def test_a_product_that_tells_no_category_moves_nobody(shop: Lake) -> None:
    serve_profiles(shop)
    with shop.transaction(note="sold before anybody named it") as writing:
        put(writing, "products", [product("p7", None), product("p1", "TEA") | {"name": "青茶"}])
    assert serve_profiles(shop) == Served(0, 0, 0)


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
