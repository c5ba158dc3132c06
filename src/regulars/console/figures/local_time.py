"""Orders by the store's own clock."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import ibis

from regulars.console.desk import remembered
from regulars.science.profile.habits import wall_clock

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from regulars.console.desk import Desk


def local_orders(desk: Desk, orders: ir.Table, *extra: str) -> ir.Table:
    """Return member_id, store_id, ``extra`` columns, weekday (0 = Monday) and hour of the orders.

    Both are those of the store where the order was made.
    """
    # Members also buy outside the scope, in stores whose zone the reader does not know.
    zones = tuple(sorted({*store_zones(desk).values(), desk.zone}))
    first, end = _span(desk)
    timed = orders.select("member_id", "store_id", "ordered_at", *extra)
    if len(zones) == 1:
        name = ibis.literal(zones[0])
    else:
        known_zones = desk.whole.table("stores").select("store_id", "zone")
        timed = timed.left_join(known_zones, "store_id").drop("store_id_right")
        name = timed["zone"].fill_null(desk.zone)
    local = wall_clock.local_seconds(timed["ordered_at"], name, zones=zones, first=first, end=end)
    return timed.select(
        "member_id",
        "store_id",
        *extra,
        weekday=wall_clock.weekday(local),
        hour=wall_clock.hour(local),
    )


def store_zones(desk: Desk) -> dict[str, str]:
    """Return each store's zone; a zone is no secret, so every store's, whatever the scope."""

    def ask() -> dict[str, str]:
        rows = desk.whole.table("stores").select("store_id", "zone").to_pyarrow().to_pylist()
        return {row["store_id"]: row["zone"] for row in rows}

    return remembered(desk.whole_key, "store zones", ask)


def _span(desk: Desk) -> tuple[date, date]:
    def ask() -> tuple[date, date]:
        orders = desk.whole.table("orders")
        days = orders.agg(first=orders["business_date"].min(), last=orders["business_date"].max())
        row = days.to_pyarrow().to_pylist()[0]
        return row["first"] or desk.as_of, row["last"] or desk.as_of

    return remembered(desk.whole_key, "span", ask)
