"""Two shops in two regions, six members, thirty orders: written by the rooms, known by heart.

Members a, b, c are at home in shop s1 (region north), d, e, f in s2 (south); guide g1 looks after
a and b. Member number n (a is 1) buys on the 10th of five months for n × 10.00, in their own shop,
but member c bought the order of May in s2.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa
from django.apps import apps
from django.conf import settings
from django.core import serializers
from django.db.models import Model
from django.test import Client

from regulars.api.services.keys import create_key
from regulars.api.types import RATE_MAX, ApiScope, KeyDetails
from regulars.apps.accounts.types import DataScope
from regulars.apps.ingest.services.inbox import land_posted, post_orders
from regulars.apps.ingest.types import IdentifierPost, OrderLinePost, OrderPost
from regulars.apps.members.services.lake_side.publishing import publish
from regulars.apps.members.services.registering import create_member
from regulars.apps.members.services.serving import serve_profiles
from regulars.apps.members.types import IdentifierClaim, NewMember
from regulars.lake import Lake
from regulars.lake.contracts import contract
from regulars.science.producers import refresh

AS_OF = date(2024, 6, 1)
LETTERS = "abcdef"
STORE_OF = dict(zip(LETTERS, ("s1", "s1", "s1", "s2", "s2", "s2"), strict=True))
GUIDE_OF = {"a": "g1", "b": "g1"}
HQ = DataScope("hq")
SHOP_1 = DataScope("store", ("s1",))


@dataclass(slots=True)
class ShopChain:
    """The members' ids by letter."""

    member_of: dict[str, str] = field(default_factory=dict)

    def orders_of(self, letter: str) -> list[str]:
        """Return the ids of the member's orders, the newest first."""
        return [f"o-{letter}-{month}" for month in range(5, 0, -1)]


@dataclass(slots=True)
class Caller:
    """A system with a key."""

    token: str
    key_id: int
    client: Client = field(default_factory=Client)

    def get(self, path: str, **parameters: Any) -> Any:
        return self._send("get", path, parameters)

    def send(
        self,
        method: str,
        path: str,
        body: Any,
        *,
        once: str = "",
        content_type: str = "application/json",
    ) -> Any:
        headers: dict[str, Any] = {"HTTP_AUTHORIZATION": f"Bearer {self.token}"}
        if once:
            headers["HTTP_IDEMPOTENCY_KEY"] = once
        raw = body if isinstance(body, str | bytes) else json.dumps(body)
        return self.client.generic(
            method, f"/api/v1{path}", raw, content_type=content_type, **headers
        )

    def _send(self, method: str, path: str, parameters: dict[str, Any]) -> Any:
        return getattr(self.client, method)(
            f"/api/v1{path}", parameters, HTTP_AUTHORIZATION=f"Bearer {self.token}"
        )


def caller_with(
    *scopes: ApiScope, data_scope: DataScope = HQ, name: str = "till", rate: int = RATE_MAX
) -> Caller:
    """Return a system with a new key; without scopes it may do everything its data scope allows."""
    allowed = scopes or tuple(
        one for one in ApiScope if data_scope.is_hq or one != ApiScope.LOADS_READ
    )
    made = create_key(None, KeyDetails(name, allowed, data_scope, rate))
    return Caller(made.token, made.key_id)


def phone_of(letter: str) -> str:
    return f"1381234800{LETTERS.index(letter)}"


def post_of(letter: str, month: int, **changed: Any) -> OrderPost:
    amount = Decimal(10 * (LETTERS.index(letter) + 1))
    store = "s2" if (letter, month) == ("c", 5) else STORE_OF[letter]
    facts: dict[str, Any] = {
        "order_id": f"o-{letter}-{month}",
        "store_id": store,
        "ordered_at": datetime(2024, month, 10, 4, tzinfo=UTC),
        "channel": "pos",
        "lines": (OrderLinePost("1", f"p{month}", Decimal(1), amount),),
        "identifiers": (IdentifierPost("card_no", f"CARD-{letter}"),),
    }
    return OrderPost(**(facts | changed))


def build_chain() -> ShopChain:
    """Register the members, post their orders, land them, and refresh the features."""
    chain = ShopChain()
    lake = Lake(settings.REGULARS_LAKE)
    with lake.transaction(note="stores and products") as transaction:
        transaction.upsert("stores", _stores())
        transaction.upsert("products", _products())
    for letter in LETTERS:
        claims = (
            IdentifierClaim("card_no", f"CARD-{letter}", verified=True),
            IdentifierClaim("phone", phone_of(letter), verified=True),
        )
        new = NewMember(
            claims,
            joined_at=datetime(2024, 1, 2, tzinfo=UTC),
            joined_channel="pos",
            home_store_id=STORE_OF[letter],
            guide_id=GUIDE_OF.get(letter, ""),
        )
        chain.member_of[letter] = create_member(new, source="crm").member_id
    post_orders(
        [post_of(letter, month) for letter in LETTERS for month in range(1, 6)], source="pos"
    )
    land_posted()
    publish(lake)
    refresh(lake, AS_OF)
    serve_profiles(lake)
    return chain


def kept_ledger() -> str:
    """Return what the rooms wrote into the ledger, so that a later test need not write again."""
    models = [apps.get_model("accounts.VaultKey"), *_models("ingest"), *_models("members")]
    rows = [row for model in models for row in model._default_manager.order_by("pk")]
    text: str = serializers.serialize("json", rows)
    return text


def restore_ledger(kept: str) -> None:
    """Write the kept rows back."""
    for row in serializers.deserialize("json", kept):
        row.save()


def _models(room: str) -> list[type[Model]]:
    return list(apps.get_app_config(room).get_models())


def _stores() -> pa.Table:
    rows = [
        {
            "store_id": store,
            "name": f"Shop {store}",
            "region_id": region,
            "region_name": region.title(),
            "zone": "Asia/Shanghai",
            "source": "list",
        }
        for store, region in (("s1", "north"), ("s2", "south"))
    ]
    return pa.Table.from_pylist(rows, schema=contract("stores").arrow_schema)


def _products() -> pa.Table:
    rows = [
        {
            "product_id": f"p{number}",
            "name": f"Product {number}",
            "category": "TEA" if number < 4 else "RICE",
            "measured": False,
            "placeholder": False,
            "source": "list",
        }
        for number in range(1, 8)
    ]
    return pa.Table.from_pylist(rows, schema=contract("products").arrow_schema)
