"""Test histories as rows of the lake's tables."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, time

import pyarrow as pa

from regulars.lake.contracts import contract
from tests.science.history import Member, Order


def order_rows(orders: Iterable[Order]) -> pa.Table:
    """Return the orders with every column of the contract."""
    return pa.Table.from_pylist(
        [
            {
                "order_id": order.order_id,
                "member_id": order.member_id,
                "store_id": order.store,
                "channel": order.channel,
                "ordered_at": datetime.combine(order.day, time(12), tzinfo=UTC),
                "business_date": order.day,
                "business_month": f"{order.day:%Y-%m}",
                "currency": "CNY",
                "list_amount": order.net,
                "discount_amount": 0,
                "coupon_amount": 0,
                "net_amount": order.net,
                "line_count": 1,
                "item_count": order.items,
                "source": "test",
            }
            for order in orders
        ],
        schema=contract("orders").arrow_schema,
    )


def member_rows(members: Iterable[Member]) -> pa.Table:
    """Return the members with every column of the contract."""
    return pa.Table.from_pylist(
        [
            {
                "member_id": member.member_id,
                "joined_on": member.joined_on,
                "home_store_id": member.store,
                "joined_channel": member.channel,
                "source": "test",
            }
            for member in members
        ],
        schema=contract("members").arrow_schema,
    )
