"""How often each member chose each option."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

import ibis
import ibis.expr.types as ir

from regulars.base.business_time import Window
from regulars.science.facts import checked_date, require_columns, within
from regulars.science.profile.habits import wall_clock
from regulars.science.profile.preferences.dimensions import GOODS, OCCASIONS


def counts(
    lines: ir.Table,
    orders: ir.Table,
    goods: ir.Table,
    stores: ir.Table,
    *,
    as_of: date,
    window_days: int,
    zones: Iterable[str],
) -> ir.Table:
    """Return one row per member, dimension and option that was chosen in the window.

    ``lines`` needs member_id, product_id and business_date; ``orders`` member_id, channel,
    store_id, ordered_at (UTC) and business_date; ``goods`` product_id, department, category and
    brand; ``stores`` store_id and zone, which must be among ``zones``. What is not known of a
    product or a shop counts for nothing there.

    Returns member_id, dimension, option (text), times (order lines or orders), first_on, last_on.
    """
    require_columns(lines, ("member_id", "product_id", "business_date"), where="order_lines")
    require_columns(orders, ("member_id", "channel", "store_id", "ordered_at"), where="orders")
    day = checked_date(as_of)
    window = Window(day - timedelta(days=window_days), day)
    bought = _summed(_mine(lines, window), "product_id").inner_join(
        goods.select("product_id", "department", "category", "brand"), "product_id"
    )
    goods_of = {"product": bought["product_id"]} | {name: bought[name] for name in GOODS[1:]}
    came = _occasions(_mine(orders, window), stores, window, tuple(zones))
    return ibis.union(
        *(_of(bought, name, goods_of[name]) for name in GOODS),
        *(_of(came, name, came[name]) for name in OCCASIONS),
    )


def _mine(facts: ir.Table, window: Window) -> ir.Table:
    inside = within(facts, window)
    return inside.filter(inside["member_id"].notnull())


def _summed(facts: ir.Table, *options: str) -> ir.Table:
    day = facts["business_date"]
    return facts.group_by("member_id", *options).agg(
        times=facts.count(), first_on=day.min(), last_on=day.max()
    )


def _occasions(
    orders: ir.Table, stores: ir.Table, window: Window, zones: tuple[str, ...]
) -> ir.Table:
    hour: ir.Value = ibis.null("int64")
    if zones:
        orders = orders.left_join(stores.select("store_id", "zone"), "store_id")
        local = wall_clock.local_seconds(
            orders["ordered_at"], orders["zone"], zones=zones, first=window.first, end=window.end
        )
        hour = wall_clock.hour(local)
    told = orders.select(
        "member_id",
        "business_date",
        "channel",
        store=orders["store_id"],
        hour=hour.cast("string"),
        weekday=(orders["business_date"].day_of_week.index() + 1).cast("string"),
    )
    return _summed(told, *OCCASIONS)


def _of(summed: ir.Table, name: str, option: ir.Value) -> ir.Table:
    chosen = summed.mutate(option=option)
    chosen = chosen.filter(chosen["option"].fill_null("") != "")
    added = chosen.group_by("member_id", "option").agg(
        times=chosen["times"].sum().cast("int64"),
        first_on=chosen["first_on"].min(),
        last_on=chosen["last_on"].max(),
    )
    return added.select(
        "member_id", "option", "times", "first_on", "last_on", dimension=ibis.literal(name)
    )
