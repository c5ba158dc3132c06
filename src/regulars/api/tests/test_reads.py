"""What the reads answer, against figures counted by hand."""

from __future__ import annotations

from decimal import Decimal

import pyarrow as pa
import pytest
from django.conf import settings

from regulars.api.tests.chain import ShopChain, caller_with, phone_of, post_of
from regulars.apps.ingest.services.inbox import land_posted, post_orders
from regulars.apps.members.services.erasure import erase_member
from regulars.lake import Lake
from regulars.lake.contracts import contract

pytestmark = pytest.mark.django_db


def test_a_member_is_found_by_any_spelling_of_an_identifier(chain: ShopChain) -> None:
    system = caller_with()
    for value in (phone_of("b"), f"+86 {phone_of('b')}", "card-b"):
        answer = system.send("POST", "/members/find", {"value": value})
        assert answer.json() == {"items": [{"member_id": chain.member_of["b"]}]}
    as_card = {"value": phone_of("b"), "kind": "card_no"}
    assert system.send("POST", "/members/find", as_card).json() == {"items": []}


def test_a_member_is_shown_masked(chain: ShopChain) -> None:
    answer = caller_with().get(f"/members/{chain.member_of['a']}")
    assert answer.status_code == 200
    assert answer.json() == {
        "member_id": chain.member_of["a"],
        "home_store_id": "s1",
        "guide_id": "g1",
        "joined_at": "2024-01-02T00:00:00.000000Z",
        "joined_on": "2024-01-02",
        "joined_channel": "pos",
        "gender": None,
        "birth_date": None,
        "attributes": [],
        "name_masked": None,
        "identifiers": [
            {"kind": "card_no", "masked": "****-A", "verified": True, "owned": True},
            {"kind": "phone", "masked": "138****8000", "verified": True, "owned": True},
        ],
    }


def test_orders_come_newest_first_page_by_page(chain: ShopChain) -> None:
    system, pages, cursor = caller_with(), [], ""
    for _page in range(3):
        path = f"/members/{chain.member_of['c']}/orders"
        found = system.get(path, limit=2, **({"cursor": cursor} if cursor else {})).json()
        pages.append([order["order_id"] for order in found["items"]])
        cursor = found["next_cursor"]
    assert pages == [["o-c-5", "o-c-4"], ["o-c-3", "o-c-2"], ["o-c-1"]]
    assert cursor is None


def test_a_profile_adds_up_the_facts_before_the_business_date(chain: ShopChain) -> None:
    profile = caller_with().get(f"/members/{chain.member_of['c']}/profile").json()
    assert profile["as_of"] == "2024-06-01"
    assert profile["rfm"]["recency_days"] == 22
    assert (profile["rfm"]["frequency"], profile["rfm"]["monetary"]) == (5, "150.00")
    assert profile["lifetime"] == {
        "orders": 5,
        "net_amount": "150.00",
        "items": 5,
        "average_order_value": "30.00",
        "first_order_on": "2024-01-10",
        "last_order_on": "2024-05-10",
    }
    assert profile["favourite_categories"] == [
        {"category": "TEA", "orders": 3, "net_amount": "90.00"},
        {"category": "RICE", "orders": 2, "net_amount": "60.00"},
    ]
    assert profile["favourite_stores"] == [
        {"store_id": "s1", "orders": 4, "net_amount": "120.00"},
        {"store_id": "s2", "orders": 1, "net_amount": "30.00"},
    ]


def test_an_order_comes_with_its_lines(chain: ShopChain) -> None:
    found = caller_with().get("/orders/o-b-3").json()
    order = found["order"]
    assert (found["state"], order["member_id"]) == ("landed", chain.member_of["b"])
    assert (order["net_amount"], order["business_date"]) == ("20.00", "2024-03-10")
    assert [(line["product_id"], line["net_amount"]) for line in order["lines"]] == [
        ("p3", "20.00")
    ]


def test_products_and_stores_are_lists_and_single_things(chain: ShopChain) -> None:
    system = caller_with()
    first = system.get("/products", limit=4).json()
    rest = system.get("/products", limit=4, cursor=first["next_cursor"]).json()
    ids = [one["product_id"] for one in first["items"] + rest["items"]]
    assert (ids, rest["next_cursor"]) == ([f"p{n}" for n in range(1, 8)], None)
    assert system.get("/products/p2").json()["category"] == "TEA"
    assert [one["store_id"] for one in system.get("/stores").json()["items"]] == ["s1", "s2"]
    assert system.get("/stores/s2").json()["region_id"] == "south"


def test_key_figures_of_the_chain_and_of_a_store(chain: ShopChain) -> None:
    system = caller_with()
    year = system.get("/kpis", period="year").json()
    sums = (year["orders"], year["sales"], year["active_members"], year["members"])
    assert sums == (30, str(Decimal("10.00") * 21 * 5), 6, 6)
    store = system.get("/kpis", period="year", store_id="s2").json()
    assert (store["orders"], store["sales"], store["members"]) == (16, "780.00", 3)
    may = system.get("/kpis", as_of="2024-06-01").json()
    assert (may["first_day"], may["last_day"], may["orders"]) == ("2024-05-02", "2024-05-31", 6)
    assert system.get("/kpis", store_id="s9").status_code == 404


def test_a_new_store_has_the_figures_of_nothing(chain: ShopChain) -> None:
    system = caller_with()
    new = {"store_id": "s1b", "name": "", "zone": "Asia/Shanghai", "source": "list"}
    with Lake(settings.REGULARS_LAKE).transaction(note="a store") as transaction:
        schema = contract("stores").arrow_schema
        transaction.upsert("stores", pa.Table.from_pylist([new], schema=schema))
    year = system.get("/kpis", period="year", store_id="s1b").json()
    assert (year["store_id"], year["orders"], year["members"]) == ("s1b", 0, 0)
    assert year["average_order_value"] is None
    assert system.get("/kpis", period="year", store_id="s1").json()["orders"] == 14


def test_rfm_cells_hold_every_member_once(chain: ShopChain) -> None:
    found = caller_with().get("/rfm-cells").json()
    assert found["as_of"] == "2024-06-01"
    assert sum(cell["members"] for cell in found["cells"]) == 6
    assert sum(Decimal(cell["monetary"]) for cell in found["cells"]) == Decimal("1050.00")
    assert caller_with().get("/rfm-cells", as_of="2024-05-01").status_code == 404


def test_loads_are_listed_newest_first(chain: ShopChain) -> None:
    system = caller_with()
    (run,) = system.get("/loads").json()["items"]
    assert (run["table"], run["state"], run["counts"]["read"]) == ("order_lines", "done", 30)
    assert system.get(f"/loads/{run['run_id']}").json() == run
    assert system.get(f"/loads/{run['run_id'] + 1}").status_code == 404


def test_answers_are_right_at_once_after_a_commit(chain: ShopChain) -> None:
    system = caller_with()
    path = f"/members/{chain.member_of['a']}/orders"
    before = system.get(path).json()["items"]
    others = system.get(f"/members/{chain.member_of['b']}/orders").json()
    profile = system.get(f"/members/{chain.member_of['a']}/profile").json()
    post_orders([post_of("a", 5, order_id="o-new")], source="pos")
    land_posted()
    after = system.get(path).json()["items"]
    assert {one["order_id"] for one in after} == {one["order_id"] for one in before} | {"o-new"}
    assert system.get(f"/members/{chain.member_of['b']}/orders").json() == others
    newer = system.get(f"/members/{chain.member_of['a']}/profile").json()
    assert newer["lifetime"]["orders"] == profile["lifetime"]["orders"] + 1


def test_an_erased_member_is_gone_at_once(chain: ShopChain) -> None:
    system = caller_with()
    paths = [f"/members/{chain.member_of['a']}{part}" for part in ("", "/profile", "/orders")]
    assert [system.get(path).status_code for path in paths] == [200, 200, 200]
    erase_member(None, Lake(settings.REGULARS_LAKE), member_id=chain.member_of["a"])
    assert [system.get(path).status_code for path in paths] == [404, 404, 404]
    assert system.send("POST", "/members/find", {"value": "card-a"}).json() == {"items": []}
