"""A cursor belongs to one list, cannot be made up, and stays right while rows come in."""

from __future__ import annotations

import base64
from datetime import UTC, datetime

import pytest

from regulars.api.tests.chain import ShopChain, caller_with, post_of
from regulars.apps.ingest.services.inbox import land_posted, post_orders

pytestmark = pytest.mark.django_db


def test_pages_neither_repeat_nor_skip_while_orders_arrive(chain: ShopChain) -> None:
    system, path = caller_with(), f"/members/{chain.member_of['b']}/orders"
    first = system.get(path, limit=2).json()
    newer = datetime(2024, 6, 3, tzinfo=UTC)
    older = datetime(2024, 1, 1, tzinfo=UTC)
    post_orders([post_of("b", 5, order_id="o-newer", ordered_at=newer)], source="pos")
    post_orders([post_of("b", 1, order_id="o-older", ordered_at=older)], source="pos")
    land_posted()
    rest = system.get(path, limit=50, cursor=first["next_cursor"]).json()
    seen = [one["order_id"] for one in first["items"] + rest["items"]]
    assert seen == [*chain.orders_of("b"), "o-older"]


def test_a_cursor_of_another_list_is_refused(chain: ShopChain) -> None:
    system = caller_with()
    cursor = system.get("/products", limit=1).json()["next_cursor"]
    orders = f"/members/{chain.member_of['a']}/orders"
    theirs = system.get(f"/members/{chain.member_of['b']}/orders", limit=1).json()["next_cursor"]
    for path, wrong in (("/stores", cursor), (orders, cursor), (orders, theirs)):
        answer = system.get(path, cursor=wrong)
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["parameter"] == "cursor"


def test_a_made_up_cursor_is_refused(chain: ShopChain) -> None:
    system = caller_with()
    cursor = system.get("/products", limit=1).json()["next_cursor"]
    raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
    forged = base64.urlsafe_b64encode(raw.replace(b"p1", b"p5")).decode()
    for wrong in (forged, cursor[:-2], "x", "熟", "====", "a" * 1_000):
        assert system.get("/products", cursor=wrong).status_code == 422
    assert system.get("/products", cursor="a" * 1_001).status_code == 422
