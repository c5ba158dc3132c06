"""What the API says of a member from the lake: who they are, and what they bought.

A member's first part is JSON without its end, because the identifiers come from the ledger with
every request: they are sealed there and never kept here.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from regulars.api.answers.columns import json_rows, moments
from regulars.api.answers.people import People
from regulars.science.profile.card import GUARDED

if TYPE_CHECKING:
    from regulars.api.answers.people import Cut
    from regulars.apps.accounts.queries import ScopedLake

MEMBER_COLUMNS = (
    "member_id", "home_store_id", "guide_id", "joined_at", "joined_on", "joined_channel",
    "gender", "birth_date",
)  # fmt: skip
ORDER_COLUMNS = (
    "order_id", "member_id", "store_id", "staff_id", "channel", "ordered_at", "business_date",
    "currency", "list_amount", "discount_amount", "coupon_amount", "net_amount", "line_count",
    "item_count",
)  # fmt: skip
ATTRIBUTES_MAX = 100


class OrderRow(NamedTuple):
    """One order: its place in the list, newest first, and its JSON."""

    key: tuple[str, str]
    row: bytes


Orders = tuple[OrderRow, ...]


def orders_after(orders: Orders, key: list[str] | None, limit: int) -> tuple[Orders, bool]:
    """Return at most ``limit`` orders after the key, newest first, and whether more follow."""
    first = 0
    if key is not None:
        rising = [row.key for row in reversed(orders)]
        # Newest first: what sorts below the key comes after it.
        first = len(orders) - bisect_left(rising, (key[0], key[1]))
    return orders[first : first + limit], len(orders) > first + limit


def _read_members(lake: ScopedLake, cut: Cut) -> Mapping[str, bytes]:
    table = cut(lake.table("members")).select(*MEMBER_COLUMNS).to_pyarrow()
    attributes = _attributes(lake, cut)
    return {
        member_id: row[:-1] + b',"attributes":[' + b",".join(attributes.get(member_id, ())) + b"]"
        for member_id, row in zip(table["member_id"].to_pylist(), json_rows(table), strict=True)
    }


def _attributes(lake: ScopedLake, cut: Cut) -> dict[str, list[bytes]]:
    found: dict[str, list[bytes]] = defaultdict(list)
    if lake.has("member_attributes"):
        rows = cut(lake.table("member_attributes"))
        # A profile tells of them, where the member agreed.
        rows = rows.filter(rows["name"].notin(sorted(GUARDED))).order_by("member_id", "name")
        table = rows.to_pyarrow()
        owners = table["member_id"].to_pylist()
        for member_id, row in zip(owners, json_rows(table.drop(["member_id"])), strict=True):
            if len(found[member_id]) < ATTRIBUTES_MAX:
                found[member_id].append(row)
    return found


def _read_orders(lake: ScopedLake, cut: Cut) -> Mapping[str, Orders]:
    # Who never bought has an empty list; who is not in the scope has none.
    members = cut(lake.table("members")).select("member_id").to_pyarrow()["member_id"].to_pylist()
    found: dict[str, list[OrderRow]] = {member_id: [] for member_id in members}
    table = cut(lake.table("orders")).select(*ORDER_COLUMNS).to_pyarrow()
    newest_first = [("ordered_at", "descending"), ("order_id", "descending")]
    table = table.sort_by(newest_first)
    keys = zip(moments(table["ordered_at"]).to_pylist(), table["order_id"].to_pylist(), strict=True)
    owners = table["member_id"].to_pylist()
    for member_id, key, row in zip(owners, keys, json_rows(table), strict=True):
        if member_id in found:
            found[member_id].append(OrderRow(key, row))
    return {member_id: tuple(rows) for member_id, rows in found.items()}


def _orders_size(orders: Orders) -> int:
    return sum(len(one.row) + 300 for one in orders)


members: People[bytes] = People(
    _read_members, len, by_member=frozenset({"members", "member_attributes"})
)
orders: People[Orders] = People(
    _read_orders,
    _orders_size,
    by_member=frozenset({"members", "orders"}),
    bytes_max=192 * 1024 * 1024,
)
