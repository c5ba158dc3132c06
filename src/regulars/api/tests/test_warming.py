"""What callers ask for is read before they ask, for the scopes of the keys there are."""

from __future__ import annotations

from threading import Event

import pytest
from django.conf import settings

from regulars.api.answers import kept as whole_scope
from regulars.api.answers import people
from regulars.api.services.keys import revoke_key
from regulars.api.tests.chain import SHOP_1, ShopChain, caller_with, post_of
from regulars.api.types import ApiScope
from regulars.api.v1 import warming
from regulars.api.v1.warming import warm
from regulars.apps.ingest.services.inbox import land_posted, post_orders
from regulars.apps.members.services.serving import serve_profiles
from regulars.lake import Lake

pytestmark = pytest.mark.django_db


def close_the_lake(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(root: object) -> None:
        raise AssertionError(f"the lake in {root} was asked")

    monkeypatch.setattr(whole_scope, "lake_at", refuse)
    monkeypatch.setattr(people, "lake_at", refuse)


def test_warm_answers_need_no_lake(chain: ShopChain, monkeypatch: pytest.MonkeyPatch) -> None:
    hq, shop = caller_with(), caller_with(data_scope=SHOP_1)
    done = warm()
    # The members a commit changed are read again too.
    post_orders([post_of("a", 5, order_id="o-new")], source="pos")
    land_posted()
    # As the worker does after a landing.
    serve_profiles(Lake(settings.REGULARS_LAKE))
    assert warm(done) != done
    close_the_lake(monkeypatch)
    one = f"/members/{chain.member_of['a']}"
    for system, orders in ((hq, 7), (shop, 4)):
        for path in (one, f"{one}/profile", f"{one}/orders", "/stores", "/products", "/rfm-cells"):
            assert system.get(path).status_code == 200, path
        assert system.get("/kpis", store_id="s1").status_code == 200
        assert system.get("/kpis").json()["orders"] == orders
    assert len(hq.get(f"{one}/orders").json()["items"]) == 6


def test_only_what_living_keys_may_read_is_read(
    chain: ShopChain, monkeypatch: pytest.MonkeyPatch
) -> None:
    revoke_key(None, key_id=caller_with().key_id)
    caller_with(ApiScope.ORDERS_WRITE)
    close_the_lake(monkeypatch)
    done = warm()
    assert list(done[2].values()) == [frozenset({ApiScope.ORDERS_WRITE})]
    assert warm(done) == done


@pytest.mark.parametrize("failure", [None, RuntimeError("the disk is gone")])
def test_a_process_waits_for_the_first_reading_whatever_comes_of_it(
    monkeypatch: pytest.MonkeyPatch, failure: Exception | None
) -> None:
    read = Event()

    def once(_done: object) -> None:
        read.set()
        if failure is not None:
            raise failure

    monkeypatch.setattr(warming, "warm", once)
    stop = warming.start(wait_seconds=60)
    assert read.is_set()
    stop.set()


def test_a_process_does_not_wait_longer_than_it_says(monkeypatch: pytest.MonkeyPatch) -> None:
    release, over = Event(), Event()

    def for_ever(_done: object) -> None:
        release.wait(60)
        over.set()

    monkeypatch.setattr(warming, "warm", for_ever)
    stop = warming.start(wait_seconds=0.01)
    assert not over.is_set()
    stop.set()
    release.set()
