"""Key figures split by period, store, channel or category.

The figures of a split are those of its orders taken alone: a repurchase in a store is one in that
store. Members are counted where they belong: by home store, by the channel they joined through.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Literal

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from regulars.base.business_time import Window
from regulars.base.errors import RuleError
from regulars.science.facts import require_columns
from regulars.science.kpi.figures import (
    MONEY,
    ORDER_COLUMNS,
    finished,
    joining_dates,
    member_counts,
    observed_until,
    ordered_columns,
    split_figures,
)
from regulars.science.kpi.repurchase import REPURCHASE_DAYS

Period = Literal["day", "week", "month"]


def by_period(
    orders: ir.Table,
    members: ir.Table,
    *,
    window: Window,
    every: Period,
    as_of: date | None = None,
    repurchase_days: Sequence[int] = REPURCHASE_DAYS,
) -> ir.Table:
    """Return the figures of ``summary`` for each day, week (from Monday) or month of ``window``.

    One row per period, also for one without orders, with period_start and period_end (exclusive);
    the first and last period are cut to the window. The repurchase cohort is taken in each period
    and observed until ``as_of`` (default: the window's end).
    """
    require_columns(orders, ORDER_COLUMNS, where="orders")
    calendar = _calendar(window, every)
    figures = split_figures(
        orders,
        split="period_start",
        window=window,
        as_of=observed_until(window, as_of),
        repurchase_days=repurchase_days,
        calendar=calendar.select("business_date", "period_start"),
    )
    periods = calendar.group_by(["period_start", "period_end"]).agg()
    counted = _with_membership(periods, calendar, joining_dates(orders, members), window)
    result = finished(counted.left_join(figures, "period_start"), repurchase_days)
    return ordered_columns(result, ("period_start", "period_end"), repurchase_days).order_by(
        "period_start"
    )


def by_store(
    orders: ir.Table,
    members: ir.Table,
    *,
    window: Window,
    as_of: date | None = None,
    repurchase_days: Sequence[int] = REPURCHASE_DAYS,
) -> ir.Table:
    """Return the figures of ``summary`` for each store_id that has orders or is a home store."""
    return _by_place(orders, members, "store_id", "home_store_id", window, as_of, repurchase_days)


def by_channel(
    orders: ir.Table,
    members: ir.Table,
    *,
    window: Window,
    as_of: date | None = None,
    repurchase_days: Sequence[int] = REPURCHASE_DAYS,
) -> ir.Table:
    """Return the figures of ``summary`` for each channel with orders or joined members."""
    return _by_place(orders, members, "channel", "joined_channel", window, as_of, repurchase_days)


def by_category(
    order_lines: ir.Table,
    products: ir.Table,
    *,
    window: Window,
    as_of: date | None = None,
    level: str = "category",
    repurchase_days: Sequence[int] = REPURCHASE_DAYS,
) -> ir.Table:
    """Return the figures of ``summary`` but members and new_members for each product ``level``.

    ``order_lines`` needs order_id, member_id, product_id, business_date, net_amount, item_count;
    ``products`` product_id and ``level`` (department, category, subcategory, brand). An order
    counts in every category it holds, with that category's amount only, so orders do not add up
    to the chain's while sales do. Lines of products without a category have a row of null.
    """
    require_columns(order_lines, (*ORDER_COLUMNS, "product_id"), where="order_lines")
    require_columns(products, ("product_id", level), where="products")
    names = products.select("product_id", split=products[level])
    lines = order_lines.left_join(names, "product_id")
    baskets = lines.group_by(["split", "order_id"]).agg(
        member_id=lines["member_id"].max(),
        business_date=lines["business_date"].min(),
        net_amount=lines["net_amount"].sum().cast(MONEY),
        item_count=lines["item_count"].sum().cast("int64"),
    )
    # A join does not match null with null, so a missing category travels as the empty name.
    missing = ""
    figures = split_figures(
        baskets.mutate(split=baskets["split"].fill_null(missing)),
        split="split",
        window=window,
        as_of=observed_until(window, as_of),
        repurchase_days=repurchase_days,
    )
    result = finished(figures, repurchase_days)
    named = result.mutate(**{level: result["split"].nullif(missing)})
    return ordered_columns(named, (level,), repurchase_days).order_by(level)


def _by_place(
    orders: ir.Table,
    members: ir.Table,
    place: str,
    home: str,
    window: Window,
    as_of: date | None,
    repurchase_days: Sequence[int],
) -> ir.Table:
    require_columns(orders, (*ORDER_COLUMNS, place), where="orders")
    figures = split_figures(
        orders,
        split=place,
        window=window,
        as_of=observed_until(window, as_of),
        repurchase_days=repurchase_days,
    )
    joined = joining_dates(orders, members, home).rename({place: home})
    joined = joined.filter(joined[place].notnull())
    belonging = joined.group_by(place).agg(**member_counts(joined, window))
    both = figures.outer_join(belonging, place)
    both = both.mutate(
        **{place: both[place].coalesce(both[f"{place}_right"])},
        members=both["members"].fill_null(0),
        new_members=both["new_members"].fill_null(0),
    )
    result = finished(both, repurchase_days)
    return ordered_columns(result, (place,), repurchase_days).order_by(place)


def _calendar(window: Window, every: Period) -> ir.Table:
    """Return business_date, period_start and period_end for each date of the window."""
    if every not in ("day", "week", "month"):
        raise RuleError(f"there is no period {every!r}", fix="Use day, week or month")
    days = [window.first + timedelta(days=n) for n in range(window.days)]
    starts = [max(window.first, _first_day(day, every)) for day in days]
    last = dict(zip(starts, days, strict=True))
    return ibis.memtable(
        pa.table(
            {
                "business_date": pa.array(days, pa.date32()),
                "period_start": pa.array(starts, pa.date32()),
                "period_end": pa.array(
                    [last[start] + timedelta(days=1) for start in starts], pa.date32()
                ),
            }
        )
    )


def _first_day(day: date, every: Period) -> date:
    if every == "day":
        return day
    if every == "week":
        return day - timedelta(days=day.weekday())
    return day.replace(day=1)


def _with_membership(
    periods: ir.Table, calendar: ir.Table, joined: ir.Table, window: Window
) -> ir.Table:
    """Add new_members of each period and members at its end."""
    day = joined["joined_on"]
    daily = joined.group_by("joined_on").agg(joining=joined.count())
    dated = calendar.inner_join(daily, calendar["business_date"] == daily["joined_on"])
    new = dated.group_by("period_start").agg(new_members=dated["joining"].sum())
    before = joined.agg(earlier=joined.count(where=day.isnull() | (day < window.first)))
    counted = periods.left_join(new, "period_start").drop("period_start_right").cross_join(before)
    counted = counted.mutate(new_members=counted["new_members"].fill_null(0))
    upto = ibis.window(order_by="period_start", rows=(None, 0))
    return counted.mutate(
        members=(counted["earlier"] + counted["new_members"].sum().over(upto)).cast("int64")
    )
