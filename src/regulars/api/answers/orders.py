"""One order with its lines."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from regulars.api.answers.commits import current, lake_at
from regulars.api.answers.encoding import encoded
from regulars.api.answers.kept import kept
from regulars.api.answers.members import ORDER_COLUMNS
from regulars.apps.accounts.queries import scoped
from regulars.apps.accounts.types import DataScope

if TYPE_CHECKING:
    from regulars.apps.accounts.queries import ScopedLake

LINE_COLUMNS = (
    "line_no", "product_id", "quantity", "item_count", "list_amount", "discount_amount",
    "coupon_amount", "net_amount", "flags",
)  # fmt: skip
_TABLES = frozenset({"orders", "order_lines"})


def whole_order(scope: DataScope, order_id: str) -> bytes | None:
    """Return the JSON of the order with its lines; None when there is none in the scope."""
    return kept(scope, f"order {order_id}", lambda lake: _read(lake, order_id), tables=_TABLES)


def stores_of(order_ids: Iterable[str]) -> dict[str, str | None]:
    """Return the store of each order the lake holds, of whatever scope: only to refuse a write."""
    root, _seen = current()
    with lake_at(root).snapshot() as snapshot:
        return _stores(scoped(snapshot, DataScope("hq")), order_ids)


def _stores(lake: ScopedLake, order_ids: Iterable[str]) -> dict[str, str | None]:
    if not lake.has("orders"):
        return {}
    orders = lake.table("orders")
    mine = orders.filter(orders["order_id"].isin(sorted(order_ids)))
    found = mine.select("order_id", "store_id").to_pyarrow()
    return dict(zip(found["order_id"].to_pylist(), found["store_id"].to_pylist(), strict=True))


def _read(lake: ScopedLake, order_id: str) -> bytes | None:
    orders = lake.table("orders")
    mine = orders.filter(orders["order_id"] == order_id)
    found = mine.select(*ORDER_COLUMNS, "business_month").to_pyarrow().to_pylist()
    if not found:
        return None
    order = found[0]
    lines = lake.table("order_lines")
    # The month names the files to read: lines are kept by month.
    month = order.pop("business_month")
    mine = lines.filter(lines["business_month"] == month, lines["order_id"] == order_id)
    rows = mine.select(*LINE_COLUMNS).order_by("line_no").to_pyarrow().to_pylist()
    return encoded({**order, "lines": rows})
