"""Orders and their lines as the lake's contracts want them, from the few facts a test varies."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal

import pyarrow as pa

from regulars.lake import Lake
from regulars.lake.contracts import contract


@dataclass(frozen=True)
class Line:
    """One order line; an order is what its lines add up to."""

    order_id: str
    line_no: str = "1"
    member_id: str | None = "m1"
    day: date = date(2017, 1, 15)
    net: Decimal = Decimal("1.00")


def line_rows(lines: Iterable[Line]) -> pa.Table:
    return pa.Table.from_pylist(
        [
            {
                **_shared(line),
                "line_no": line.line_no,
                "product_id": f"p{line.line_no}",
                "quantity": Decimal(1),
                "flags": "",
                "list_amount": line.net,
                "net_amount": line.net,
            }
            for line in lines
        ],
        schema=contract("order_lines").arrow_schema,
    )


def order_rows(lines: Iterable[Line]) -> pa.Table:
    orders: dict[str, list[Line]] = {}
    for line in lines:
        orders.setdefault(line.order_id, []).append(line)
    return pa.Table.from_pylist(
        [
            {
                **_shared(mine[0]),
                "staff_id": None,
                "channel": "pos",
                "list_amount": sum(line.net for line in mine),
                "net_amount": sum(line.net for line in mine),
                "line_count": len(mine),
                "item_count": len(mine),
            }
            for mine in orders.values()
        ],
        schema=contract("orders").arrow_schema,
    )


def stage_rows(as_of: date, *members: str) -> pa.Table:
    """Return rows of features/lifecycle; what only science knows is 0 or the same word."""
    zero = {"int64": 0, "float64": 0.0, "decimal(18, 2)": 0, "date": as_of, "string": "growth"}
    schema = contract("features/lifecycle").shown_schema
    return pa.Table.from_pylist(
        [
            {name: zero[str(contract("features/lifecycle").column(name).type)] for name in schema}
            | {"member_id": member, "as_of": as_of}
            for member in members
        ],
        schema=schema.to_pyarrow(),
    )


def held_lines(lake: Lake) -> set[Line]:
    """Return every line of the lake."""
    with lake.snapshot() as snapshot:
        rows = snapshot.table("order_lines").to_pyarrow().to_pylist()
    found = [
        Line(
            row["order_id"],
            row["line_no"],
            row["member_id"],
            row["business_date"],
            row["net_amount"],
        )
        for row in rows
    ]
    assert len(found) == len(set(found))
    return set(found)


def changed_members(lake: Lake, since: int) -> set[str]:
    with lake.snapshot() as snapshot:
        rows = snapshot.changed_members(since=since).to_pyarrow().to_pylist()
    return {row["member_id"] for row in rows}


def _shared(line: Line) -> dict[str, object]:
    return {
        "order_id": line.order_id,
        "member_id": line.member_id,
        "store_id": "s1",
        "ordered_at": datetime.combine(line.day, time(12), tzinfo=UTC),
        "business_date": line.day,
        "business_month": f"{line.day:%Y-%m}",
        "currency": "CNY",
        "discount_amount": Decimal(0),
        "coupon_amount": Decimal(0),
        "item_count": 1,
        "source": "test",
    }
