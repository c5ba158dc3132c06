"""Profiles counted in plain Python, one member at a time, from the lake's rows."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Any

from regulars.apps.members.tests.lake_rows import held
from regulars.lake import Lake

Rows = list[dict[str, Any]]
_FILLED = ("gender", "birth_date", "home_store_id", "guide_id", "joined_on", "joined_channel")


def histories(lake: Lake, as_of: date | None) -> dict[str, dict[str, Any]]:
    """Return what a history must say of every member."""
    orders, lines, refunds = (_before(held(lake, n), as_of) for n in _FACTS)
    category = {row["product_id"]: row["category"] for row in held(lake, "products")}
    said = held(lake, "member_attributes")
    return {
        row["member_id"]: {
            "attributes": {name: _text(row[name]) for name in (*_FILLED, "source")},
            "completeness": sum(row[name] is not None for name in _FILLED) / len(_FILLED),
            "declared": [
                (one["name"], one["value"]) for one in _of(said, row) if one["name"] is not None
            ],
            "lifetime": _lifetime(_of(orders, row)),
            "favourite_stores": _stores(_of(orders, row)),
            "favourite_categories": _categories(_of(lines, row), category),
            "price_ranges": _ranges(_of(orders, row)),
            "timeline": _timeline(_of(orders, row), _of(refunds, row)),
        }
        for row in held(lake, "members")
    }


def shown(document: dict[str, Any]) -> dict[str, Any]:
    """Return what a history says, in the shape of ``histories``."""
    return {
        "attributes": {name: document["attributes"][name] for name in (*_FILLED, "source")},
        "completeness": document["completeness"],
        "declared": [(one["name"], one["value"]) for one in document["declared"] or []],
        "lifetime": document["lifetime"],
        "favourite_stores": _plain(document["favourite_stores"]),
        "favourite_categories": _plain(document["favourite_categories"]),
        "price_ranges": {one["place"]: one["orders"] for one in document["price_ranges"] or []},
        "timeline": [one["id"] for one in document["timeline"] or []],
    }


_FACTS = ("orders", "order_lines", "refunds")


def _before(rows: Rows, as_of: date | None) -> Rows:
    return [row for row in rows if as_of is None or row["business_date"] < as_of]


def _of(rows: Rows, member: dict[str, Any]) -> Rows:
    return [row for row in rows if row["member_id"] == member["member_id"]]


def _lifetime(orders: Rows) -> dict[str, Any] | None:
    if not orders:
        return None
    days = sorted(row["business_date"] for row in orders)
    net = sum((row["net_amount"] for row in orders), Decimal(0))
    return {
        "orders": len(orders),
        "net_amount": f"{net:.2f}",
        "items": sum(row["item_count"] for row in orders),
        "average_order_value": f"{round(net / len(orders), 2):.2f}",
        "first_order_on": days[0].isoformat(),
        "last_order_on": days[-1].isoformat(),
    }


def _stores(orders: Rows) -> list[tuple[str, int, str]]:
    at: dict[str, Rows] = defaultdict(list)
    for row in orders:
        at[row["store_id"]].append(row)
    ranked = sorted(at, key=lambda store: (-len(at[store]), store))[:5]
    return [(store, len(at[store]), _sum(at[store])) for store in ranked]


def _categories(lines: Rows, category: dict[str, str]) -> list[tuple[str, int, str]]:
    of: dict[str, Rows] = defaultdict(list)
    for row in lines:
        if category.get(row["product_id"]):
            of[category[row["product_id"]]].append(row)
    ranked = sorted(of, key=lambda name: (-Decimal(_sum(of[name])), name))[:5]
    return [(name, len({row["order_id"] for row in of[name]}), _sum(of[name])) for name in ranked]


def _ranges(orders: Rows) -> dict[int, int]:
    """Return how many orders cost less than 100, 200, 300, 500, and more."""
    lows = (-(10**9), 100, 200, 300, 500, 10**9)
    found: dict[int, int] = {}
    for place, (low, high) in enumerate(pairwise(lows)):
        count = sum(low <= row["net_amount"] < high for row in orders)
        found |= {place: count} if count else {}
    return found


def _timeline(orders: Rows, refunds: Rows) -> list[str]:
    both = [(row["ordered_at"], "order", row["order_id"]) for row in orders]
    both += [(row["refunded_at"], "refund", row["refund_id"]) for row in refunds]
    return [one[2] for one in sorted(both)[-10:]]


def _text(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _sum(rows: Rows) -> str:
    return f"{sum((row['net_amount'] for row in rows), Decimal(0)):.2f}"


def _plain(rows: Rows | None) -> list[tuple[Any, ...]]:
    return [tuple(value for name, value in row.items() if name != "by") for row in rows or []]
