"""Sales and members by place, by product range and by hour of the week."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import ibis

from regulars.base.business_time import Window
from regulars.console.desk import remembered
from regulars.console.figures import wall_clock
from regulars.science.facts import within

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from regulars.console.desk import Desk

RANKED_MAX = 8
RANKED_DAYS = 365


@dataclass(frozen=True, slots=True)
class Share:
    """One store, channel or department of a ranking."""

    code: str
    sales: Decimal
    active_members: int


@dataclass(frozen=True, slots=True)
class HourOfWeek:
    """Orders of members in one hour (0-23, local time of the store) of one weekday (0 = Monday)."""

    weekday: int
    hour: int
    orders: int
    members: int


def stores(desk: Desk) -> tuple[Share, ...]:
    """Return the stores of the last ``RANKED_DAYS`` days by sales, the strongest first."""
    orders = _ranked_orders(desk)
    return _ranking(desk, "stores", lambda: orders.group_by(code=orders["store_id"]))


def channels(desk: Desk) -> tuple[Share, ...]:
    """Return the channels by sales, the strongest first."""
    orders = _ranked_orders(desk)
    return _ranking(desk, "channels", lambda: orders.group_by(code=orders["channel"]))


def departments(desk: Desk) -> tuple[Share, ...]:
    """Return the departments by sales, the strongest first; '' holds what has none."""

    def split() -> ir.GroupedTable:
        window = Window.before(desk.as_of, days=RANKED_DAYS)
        lines = within(desk.lake.table("order_lines"), window)
        lines = lines.select("product_id", "member_id", "net_amount")
        names = desk.lake.table("products").select("product_id", "department")
        named = lines.left_join(names, "product_id")
        # One row per member first: counting those is faster than distinct members over lines.
        mine = named.group_by("department", "member_id").agg(net_amount=named["net_amount"].sum())
        return mine.group_by(code=mine["department"])

    return _ranking(desk, "departments", split)


def hours_of_week(desk: Desk) -> tuple[HourOfWeek, ...]:
    """Return all 168 hours of the week with the orders of the last ``RANKED_DAYS`` days."""

    def ask() -> tuple[HourOfWeek, ...]:
        local = local_orders(desk, _ranked_orders(desk))
        found = (
            local.group_by("weekday", "hour")
            .agg(orders=local.count(), members=local["member_id"].nunique())
            .to_pyarrow()
            .to_pylist()
        )
        counted = {(row["weekday"], row["hour"]): row for row in found}
        nothing = {"orders": 0, "members": 0}
        return tuple(
            HourOfWeek(
                weekday=weekday,
                hour=hour,
                orders=counted.get((weekday, hour), nothing)["orders"],
                members=counted.get((weekday, hour), nothing)["members"],
            )
            for weekday in range(7)
            for hour in range(24)
        )

    return remembered(desk.key, "hours_of_week", ask)


def local_orders(desk: Desk, orders: ir.Table) -> ir.Table:
    """Return member_id, weekday (0 = Monday) and hour of the orders, by the store's own clock."""
    # Members also buy outside the scope, in stores whose zone the reader does not know.
    zones = tuple(sorted({*store_zones(desk).values(), desk.zone}))
    first, end = _span(desk)
    timed = orders.select("member_id", "store_id", "ordered_at")
    if len(zones) == 1:
        name = ibis.literal(zones[0])
    else:
        known_zones = desk.lake.table("stores").select("store_id", "zone")
        timed = timed.left_join(known_zones, "store_id")
        name = timed["zone"].fill_null(desk.zone)
    local = wall_clock.local_seconds(timed["ordered_at"], name, zones=zones, first=first, end=end)
    return timed.select("member_id", weekday=wall_clock.weekday(local), hour=wall_clock.hour(local))


def store_zones(desk: Desk) -> dict[str, str]:
    """Return each store's zone."""

    def ask() -> dict[str, str]:
        rows = desk.lake.table("stores").select("store_id", "zone").to_pyarrow().to_pylist()
        return {row["store_id"]: row["zone"] for row in rows}

    return remembered(desk.key, "store zones", ask)


def _span(desk: Desk) -> tuple[date, date]:
    def ask() -> tuple[date, date]:
        orders = desk.lake.table("orders")
        days = orders.agg(first=orders["business_date"].min(), last=orders["business_date"].max())
        row = days.to_pyarrow().to_pylist()[0]
        return row["first"] or desk.as_of, row["last"] or desk.as_of

    return remembered(desk.key, "span", ask)


def _ranked_orders(desk: Desk) -> ir.Table:
    window = Window.before(desk.as_of, days=RANKED_DAYS)
    return within(desk.lake.table("orders"), window)


def _ranking(desk: Desk, question: str, split: Any) -> tuple[Share, ...]:
    def ask() -> tuple[Share, ...]:
        groups = split()
        table = groups.agg(
            sales=lambda t: t["net_amount"].sum(),
            active_members=lambda t: t["member_id"].nunique(),
        )
        rows = table.order_by(ibis.desc("sales"), "code").limit(RANKED_MAX).to_pyarrow()
        return tuple(
            Share(code=row["code"] or "", sales=row["sales"], active_members=row["active_members"])
            for row in rows.to_pylist()
        )

    return remembered(desk.key, question, ask)
