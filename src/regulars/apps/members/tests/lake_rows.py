"""Lake rows for tests, and what the lake says afterwards."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pyarrow as pa

from regulars.lake import Lake, Transaction
from regulars.lake.contracts import contract

NOON = datetime(2024, 3, 1, 4, tzinfo=UTC)  # 12:00 in Shanghai


def order(
    order_id: str, member_id: str | None, *, store: str = "s1", day: int = 0
) -> dict[str, Any]:
    """Return an order of one line."""
    at = NOON + timedelta(days=day)
    return {
        "order_id": order_id, "member_id": member_id, "store_id": store, "staff_id": None,
        "channel": "pos", "ordered_at": at, "business_date": at.date(),
        "business_month": at.strftime("%Y-%m"), "currency": "CNY", "list_amount": Decimal("10.00"),
        "discount_amount": Decimal("0.00"), "coupon_amount": Decimal("0.00"),
        "net_amount": Decimal("10.00"), "line_count": 1, "item_count": 1, "source": "test",
    }  # fmt: skip


def line(
    order_id: str, member_id: str | None, *, store: str = "s1", day: int = 0
) -> dict[str, Any]:
    """Return the one line of ``order``."""
    row = order(order_id, member_id, store=store, day=day)
    row |= {"line_no": "1", "product_id": "p1", "quantity": Decimal("1.000"), "flags": ""}
    return {name: row[name] for name in contract("order_lines").column_names}


def attribute(member_id: str, name: str, value: str, *, day: int = 0) -> dict[str, Any]:
    """Return an attribute stated on a day."""
    at = NOON + timedelta(days=day)
    return {
        "member_id": member_id, "name": name, "value": value, "source": "test", "updated_at": at,
    }  # fmt: skip


def put(transaction: Transaction, name: str, rows: list[dict[str, Any]]) -> None:
    """Upsert rows."""
    transaction.upsert(name, pa.Table.from_pylist(rows, schema=contract(name).arrow_schema))


def held(lake: Lake, name: str) -> list[dict[str, Any]]:
    """Return the table's rows, ordered by key."""
    table = lake.snapshot().table(name).to_pyarrow()
    key = contract(name).key
    rows: list[dict[str, Any]] = table.to_pylist()
    return sorted(rows, key=lambda row: [str(row[column]) for column in key])


def everything(lake: Lake) -> dict[str, list[dict[str, Any]]]:
    """Return all rows of the tables that know members."""
    names = ("orders", "order_lines", "members", "member_attributes")
    return {name: held(lake, name) for name in names}


def owners(lake: Lake, name: str = "orders") -> dict[str, str]:
    """Return the member of every order."""
    return {row["order_id"]: row["member_id"] for row in held(lake, name)}
