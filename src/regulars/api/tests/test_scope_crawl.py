"""A key of one shop meets nobody and nothing of another shop, on any route."""

from __future__ import annotations

from typing import Any

import pytest

from regulars.api.door.bearer import BearerKey
from regulars.api.reference.openapi import _operations, schema
from regulars.api.tests.chain import LETTERS, SHOP_1, ShopChain, caller_with
from regulars.api.types import ApiScope
from regulars.apps.accounts.types import DataScope

pytestmark = pytest.mark.django_db

# What stands for something of shop s2 in the place of each parameter of an address.
FOREIGN = {"order_id": "o-e-3", "store_id": "s2", "product_id": None, "run_id": 1}
BODIES: dict[str, dict[str, Any]] = {"update_member": {"gender": "female"}, "reveal_member": {}}
SCOPES = [
    SHOP_1,
    DataScope("region", ("north",)),
    DataScope("guide", ("g1",)),
    DataScope("store", ("nowhere",)),
]


def test_every_route_declares_exactly_one_scope() -> None:
    operations = _operations()
    assert len(operations) == 21
    for operation in operations:
        (auth,) = operation.auth_callbacks
        assert type(auth) is BearerKey, operation.path
        assert auth.scope in ApiScope


@pytest.mark.parametrize("scope", SCOPES, ids=lambda scope: f"{scope.kind} {scope.ids[0]}")
def test_every_route_hides_what_lies_outside(chain: ShopChain, scope: DataScope) -> None:
    system, crawled = caller_with(data_scope=scope), 0
    stranger = chain.member_of["e"]
    for path, methods in schema()["paths"].items():
        if "{" not in path or "product_id" in path:
            continue
        for method, details in methods.items():
            address = path.removeprefix("/api/v1").replace("{member_id}", stranger)
            for name, value in FOREIGN.items():
                address = address.replace(f"{{{name}}}", str(value))
            body = BODIES.get(details["operationId"], {})
            if method == "get":
                answer = system.get(address)
            else:
                answer = system.send(method.upper(), address, body)
            # Loads are about the whole brand: such a key cannot have their scope at all.
            wanted = 403 if "run_id" in path else 404
            assert answer.status_code == wanted, f"{method} {path}"
            crawled += 1
    assert crawled == 9


def test_a_shop_finds_and_counts_its_own_alone(chain: ShopChain) -> None:
    shop, hq = caller_with(data_scope=SHOP_1), caller_with()
    mine = {chain.member_of[letter] for letter in "abc"}
    for letter in LETTERS:
        member_id = chain.member_of[letter]
        found = shop.send("POST", "/members/find", {"value": f"card-{letter}"}).json()["items"]
        assert found == ([{"member_id": member_id}] if member_id in mine else [])
        # Headquarters asked in between: kept answers of one scope are never another's.
        assert hq.get(f"/members/{member_id}").status_code == 200
        expected = 200 if member_id in mine else 404
        for part in ("", "/profile", "/orders"):
            assert shop.get(f"/members/{member_id}{part}").status_code == expected
    assert [one["store_id"] for one in shop.get("/stores").json()["items"]] == ["s1"]
    year = shop.get("/kpis", period="year").json()
    assert (year["orders"], year["sales"], year["members"]) == (15, "300.00", 3)
    assert shop.get("/kpis", store_id="s2").status_code == 404
    cells = shop.get("/rfm-cells").json()["cells"]
    assert sum(cell["members"] for cell in cells) == 3
    assert hq.get("/kpis", period="year").json()["orders"] == 30


def test_an_order_of_a_shop_s_member_elsewhere_is_seen_and_the_other_way_round_not(
    chain: ShopChain,
) -> None:
    """The scope goes by whose fact it is: member c of s1 bought in s2."""
    assert caller_with(data_scope=SHOP_1).get("/orders/o-c-5").status_code == 200
    shop_2 = caller_with(data_scope=DataScope("store", ("s2",)))
    assert shop_2.get("/orders/o-c-5").status_code == 404


def test_a_scope_that_names_nobody_sees_nobody(chain: ShopChain) -> None:
    nobody = caller_with(data_scope=DataScope("store", ("nowhere",)))
    assert nobody.get("/stores").json() == {"items": [], "next_cursor": None}
    assert nobody.get("/rfm-cells").json()["cells"] == []
