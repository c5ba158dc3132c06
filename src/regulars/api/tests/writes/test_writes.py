"""Members and orders written through the API: kept once, corrected whole, refused one by one."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone

from regulars.api.models import IdempotentAnswer
from regulars.api.services.repeated_writes import forget_old_answers
from regulars.api.tests.chain import SHOP_1, ShopChain, caller_with, phone_of
from regulars.api.types import ApiScope
from regulars.apps.accounts.models import AuditEvent
from regulars.apps.accounts.types import DataScope
from regulars.apps.ingest.models import PostedOrder
from regulars.apps.ingest.services.inbox import land_posted
from regulars.apps.members.models import Member
from regulars.apps.members.services.lake_side.publishing import publish
from regulars.lake import Lake

pytestmark = pytest.mark.django_db

LINE = {"line_no": "1", "product_id": "p1", "quantity": "2", "net_amount": "19.90"}
ORDER: dict[str, Any] = {
    "order_id": "n/1 熟",
    "store_id": "s1",
    "ordered_at": "2024-06-02T12:00:00+08:00",
    "channel": "pos",
    "identifiers": [{"kind": "card_no", "value": "CARD-a"}],
    "lines": [LINE],
}
NEW = {
    "identifiers": [{"kind": "phone", "value": "13912345678", "verified": True}],
    "name": "李娜",
    "home_store_id": "s1",
}


def test_an_order_is_kept_once_and_corrected_whole(chain: ShopChain) -> None:
    system = caller_with()
    first = system.send("POST", "/orders", ORDER)
    assert (first.status_code, first.json()["state"]) == (202, "accepted")
    place = first.headers["Location"].removeprefix("/api/v1")
    assert place == "/orders/n%2F1%20%E7%86%9F"
    assert system.send("POST", "/orders", ORDER).json()["state"] == "duplicate"
    assert system.get("/orders/n/1 熟").json()["state"] == "pending"
    corrected = ORDER | {"lines": [LINE | {"net_amount": "9.90"}]}
    assert system.send("POST", "/orders", corrected).json()["state"] == "replaced"
    land_posted()
    found = system.get("/orders/n/1 熟").json()
    assert (found["state"], found["order"]["net_amount"]) == ("landed", "9.90")
    assert found["order"]["member_id"] == chain.member_of["a"]
    newest = system.get(f"/members/{chain.member_of['a']}/orders", limit=1).json()["items"]
    assert [one["order_id"] for one in newest] == ["n/1 熟"]


def test_a_batch_has_a_result_for_each_order(chain: ShopChain) -> None:
    system = caller_with()
    twice = ORDER | {"order_id": "n-2", "lines": [LINE, LINE]}
    batch = {"orders": [ORDER, twice, ORDER | {"order_id": "n-3"}, ORDER]}
    answer = system.send("POST", "/orders/batch", batch)
    assert answer.status_code == 200
    items = answer.json()["items"]
    assert [one["order_id"] for one in items] == ["n/1 熟", "n-2", "n-3", "n/1 熟"]
    assert [one["state"] for one in items] == ["accepted", "refused", "accepted", "duplicate"]
    assert "two lines" in items[1]["detail"]
    assert PostedOrder.objects.filter(source="till").count() == 2


def test_a_shop_writes_only_in_its_shop(chain: ShopChain) -> None:
    shop = caller_with(data_scope=SHOP_1)
    elsewhere = ORDER | {"store_id": "s2"}
    assert shop.send("POST", "/orders", elsewhere).status_code == 404
    batch = {"orders": [elsewhere, ORDER]}
    states = [one["state"] for one in shop.send("POST", "/orders/batch", batch).json()["items"]]
    assert states == ["refused", "accepted"]
    assert shop.send("POST", "/members", NEW | {"home_store_id": "s2"}).status_code == 404
    assert shop.send("POST", "/members", NEW | {"home_store_id": ""}).status_code == 422
    stranger = chain.member_of["d"]
    assert shop.send("PATCH", f"/members/{stranger}", {"gender": "female"}).status_code == 404
    mine = chain.member_of["a"]
    assert shop.send("PATCH", f"/members/{mine}", {"home_store_id": "s2"}).status_code == 404
    assert Member.objects.get(pk=mine).home_store_id == "s1"
    assert Member.objects.count() == 6


def test_a_shop_leaves_other_shops_orders_alone(chain: ShopChain) -> None:
    """Neither a landed one, nor a waiting one of a system with the same name, is taken over."""
    hq, shop = caller_with(name="pos"), caller_with(data_scope=SHOP_1, name="pos")
    landed = ORDER | {"order_id": "o-e-3"}
    waiting = ORDER | {"order_id": "n-9"}
    assert hq.send("POST", "/orders", waiting | {"store_id": "s2"}).status_code == 202
    for order in (landed, waiting):
        assert shop.send("POST", "/orders", order).status_code == 404
    mine = ORDER | {"order_id": "o-a-3"}
    batch = {"orders": [landed, mine, waiting]}
    answer = shop.send("POST", "/orders/batch", batch).json()["items"]
    assert [one["state"] for one in answer] == ["refused", "replaced", "refused"]
    land_posted()
    stores = [hq.get(f"/orders/{one}").json()["order"]["store_id"] for one in ("o-e-3", "n-9")]
    assert stores == ["s2", "s2"]
    # An order a file brought is another source's, and lies where the lake says.
    other = caller_with(data_scope=SHOP_1, name="web")
    assert other.send("POST", "/orders", landed).status_code == 404


def test_a_region_and_a_guide_write_where_they_read(chain: ShopChain) -> None:
    region = caller_with(data_scope=DataScope("region", ("south",)))
    assert region.send("POST", "/orders", ORDER).status_code == 404
    assert region.send("POST", "/orders", ORDER | {"store_id": "s2"}).status_code == 202
    guide = caller_with(data_scope=DataScope("guide", ("g1",)))
    assert guide.send("POST", "/members", NEW | {"guide_id": "g2"}).status_code == 404
    assert guide.send("POST", "/members", NEW | {"guide_id": "g1"}).status_code == 201


def test_a_member_is_registered_changed_and_read_a_moment_later(chain: ShopChain) -> None:
    system = caller_with()
    made = system.send("POST", "/members", NEW)
    member_id = made.json()["member_id"]
    assert (made.status_code, made.headers["Location"]) == (201, f"/api/v1/members/{member_id}")
    publish(Lake(settings.REGULARS_LAKE))
    shown = system.get(f"/members/{member_id}").json()
    assert shown["home_store_id"] == "s1"
    assert shown["name_masked"] not in {None, "李娜"}
    assert [one["masked"] for one in shown["identifiers"]] == ["139****5678"]
    changed = system.send("PATCH", f"/members/{member_id}", {"guide_id": "g7"})
    assert (changed.status_code, changed.json()["guide_id"]) == (200, "g7")
    actors = set(
        AuditEvent.objects.filter(object_id=member_id).values_list("actor_name", flat=True)
    )
    assert all(name.startswith("api:") for name in actors)


def test_a_taken_identifier_is_a_conflict(chain: ShopChain) -> None:
    taken = {"identifiers": [{"kind": "phone", "value": phone_of("a"), "verified": True}]}
    answer = caller_with().send("POST", "/members", taken)
    assert (answer.status_code, answer.json()["type"]) == (409, "/api/v1/docs#taken")
    assert Member.objects.count() == 6


def test_identifiers_in_the_clear_need_a_scope_and_leave_a_trace(chain: ShopChain) -> None:
    path = f"/members/{chain.member_of['a']}/reveal"
    reader = caller_with(ApiScope.MEMBERS_READ)
    assert reader.send("POST", path, {}).status_code == 403
    assert not AuditEvent.objects.filter(action="reveal").exists()
    shown = caller_with().send("POST", path, {}).json()["items"]
    assert {"kind": "phone", "value": f"+86{phone_of('a')}"} in shown
    event = AuditEvent.objects.get(action="reveal")
    assert (event.object_id, event.detail["kinds"]) == (chain.member_of["a"], ["card_no", "phone"])
    assert event.actor_name.startswith("api:")


def test_the_same_key_and_body_get_the_same_answer(chain: ShopChain) -> None:
    system = caller_with()
    first = system.send("POST", "/members", NEW, once="k1")
    again = system.send("POST", "/members", NEW, once="k1")
    assert (again.status_code, again.content) == (first.status_code, first.content)
    assert again.headers["Location"] == first.headers["Location"]
    assert again.headers["Idempotency-Replayed"] == "true"
    assert Member.objects.count() == 7
    other = system.send("POST", "/members", NEW | {"name": "王"}, once="k1")
    assert (other.status_code, other.json()["type"]) == (422, "/api/v1/docs#key-reused")
    # Another system's key is another matter.
    assert caller_with().send("POST", "/members", NEW, once="k1").status_code == 409


def test_a_write_under_way_is_not_done_twice(chain: ShopChain) -> None:
    system = caller_with()
    system.send("POST", "/orders", ORDER, once="k1")
    IdempotentAnswer.objects.update(status=None)
    answer = system.send("POST", "/orders", ORDER, once="k1")
    assert (answer.status_code, answer.json()["type"]) == (409, "/api/v1/docs#under-way")
    died = timezone.now() - timedelta(seconds=61)
    IdempotentAnswer.objects.update(started_at=died)
    assert system.send("POST", "/orders", ORDER, once="k1").json()["state"] == "duplicate"


def test_a_refused_write_frees_its_key(chain: ShopChain) -> None:
    system = caller_with()
    taken = {"identifiers": [{"kind": "phone", "value": phone_of("a"), "verified": True}]}
    assert system.send("POST", "/members", taken, once="k1").status_code == 409
    assert system.send("POST", "/members", NEW, once="k1").status_code == 201


def test_answers_are_forgotten_after_a_day(chain: ShopChain) -> None:
    system = caller_with()
    system.send("POST", "/orders", ORDER, once="old")
    IdempotentAnswer.objects.update(started_at=timezone.now() - timedelta(hours=25))
    system.send("POST", "/orders", ORDER, once="new")
    other = system.send("POST", "/orders", ORDER | {"order_id": "n-9"}, once="old")
    assert other.status_code == 202
    IdempotentAnswer.objects.filter(idempotency_key="old").update(
        started_at=timezone.now() - timedelta(hours=25)
    )
    assert forget_old_answers() == 1
    assert [one.idempotency_key for one in IdempotentAnswer.objects.all()] == ["new"]
