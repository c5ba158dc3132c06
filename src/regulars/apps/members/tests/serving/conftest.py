"""A small shop whose members' profiles are served."""

from __future__ import annotations

import random
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from regulars.apps.members.models import Member
from regulars.apps.members.services.lake_side.publishing import publish
from regulars.apps.members.tests.lake_rows import attribute, line, order, put
from regulars.apps.members.tests.loads import load
from regulars.apps.members.tests.serving.served import MARCH_9, product
from regulars.lake import Lake
from regulars.science.producers import refresh


@pytest.fixture
def shop(lake: Lake) -> Lake:
    """Twelve members, of whom ten bought at random on fifteen days; features as of the ninth."""
    drawn = random.Random(4)
    load(*([("card_no", f"A{number}")] for number in range(12)))
    Member.objects.update(home_store_id="s1", guide_id="g1", gender="female")
    publish(lake, everything=True)
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


def refund(refund_id: str, bought: dict[str, Any]) -> dict[str, Any]:
    at = bought["ordered_at"] + timedelta(days=1)
    return {
        "refund_id": refund_id, "order_id": bought["order_id"], "member_id": bought["member_id"],
        "store_id": bought["store_id"], "channel": "pos", "refunded_at": at,
        "business_date": at.date(), "currency": "CNY", "amount": Decimal("10.00"),
        "source": "test",
    }  # fmt: skip
