"""How often a member orders, at what times, and when the next order is due."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

import ibis
import ibis.expr.types as ir

from regulars.science.facts import checked_date, known, require_columns
from regulars.science.profile.habits import wall_clock

BLOCKS = ("night", "morning", "afternoon", "evening")
_BLOCK_HOURS = 6
_WEEKDAYS = 7
_INTERVALS_MIN = 2
_CLOCKS_SINCE = date(2000, 1, 1)


def measure(orders: ir.Table, stores: ir.Table, *, as_of: date, zones: Iterable[str]) -> ir.Table:
    """Return the rhythm of every member who ordered before ``as_of``.

    ``orders`` needs member_id, store_id, business_date and ordered_at (UTC); ``stores`` store_id
    and zone, which must be among ``zones``. Orders of one day count as one, but for the hour.

    Returns member_id, first_order_date, last_order_date, order_days, interval_median_days (the
    exact median of the days from one of these days to the next; null with one day only),
    active_weekday (1 = Monday to 7, by days with an order), active_hours (night, morning, afternoon
    or evening: the quarter of the shop's day, by orders; null where no shop's zone is known). Of
    equal counts the first weekday and the first quarter holds.
    """
    require_columns(
        orders, ("member_id", "store_id", "business_date", "ordered_at"), where="orders"
    )
    mine = _timed(orders, stores, as_of, tuple(zones))
    quarters = {f"q{n}": (mine["quarter"] == n).sum() for n in range(len(BLOCKS))}
    days = mine.group_by("member_id", "business_date").agg(**quarters)
    line = ibis.window(group_by="member_id", order_by="business_date")
    day = days["business_date"]
    apart = days.mutate(
        gap=day.delta(day.lag().over(line), unit="day"), weekday=day.day_of_week.index()
    )
    summed = apart.group_by("member_id").agg(
        first_order_date=apart["business_date"].min(),
        last_order_date=apart["business_date"].max(),
        order_days=apart.count(),
        interval_median_days=apart["gap"].median().cast("float64"),
        **{f"d{n}": (apart["weekday"] == n).sum() for n in range(_WEEKDAYS)},
        **{name: apart[name].sum() for name in quarters},
    )
    return summed.select(
        "member_id",
        "first_order_date",
        "last_order_date",
        "order_days",
        "interval_median_days",
        active_weekday=_most(summed, {f"d{n}": n + 1 for n in range(_WEEKDAYS)}).cast("int64"),
        active_hours=_most(summed, {f"q{n}": block for n, block in enumerate(BLOCKS)}),
    )


def cycle(measured: ir.Table, *, as_of: date) -> ir.Table:
    """Add what follows on the date, row by row; other columns are passed on.

    interval_mean_days; due_on (the last day with an order plus the median interval, rounded up;
    null below two intervals, which say nothing of a rhythm); overdue_days (from due_on to the last
    day known, 0 before it).
    """
    last, counted = measured["last_order_date"], measured["order_days"]
    known_day = ibis.literal(checked_date(as_of) - timedelta(days=1))
    span = last.delta(measured["first_order_date"], unit="day")
    rhythmic = counted > _INTERVALS_MIN
    step = measured["interval_median_days"].ceil().cast("int64")
    due = (last.cast("timestamp") + step.as_interval("D")).date()
    dated = measured.mutate(
        as_of=ibis.literal(as_of),
        interval_mean_days=(span / (counted - 1).nullif(0)).cast("float64"),
        due_on=ibis.ifelse(rhythmic, due, ibis.null("date")),
    )
    late = known_day.delta(dated["due_on"], unit="day")
    return dated.mutate(
        overdue_days=ibis.ifelse(late > 0, late, ibis.ifelse(late.notnull(), 0, late)).cast("int64")
    )


def _timed(orders: ir.Table, stores: ir.Table, as_of: date, zones: tuple[str, ...]) -> ir.Table:
    """Add the quarter of the shop's day, 0 to 3, null where its zone is unknown."""
    counted = known(orders, as_of)
    mine = counted.filter(counted["member_id"].notnull())
    if not zones:
        return mine.mutate(quarter=ibis.null("int64"))
    located = mine.left_join(stores.select("store_id", "zone"), "store_id")
    seconds = wall_clock.local_seconds(
        located["ordered_at"], located["zone"], zones=zones, first=_CLOCKS_SINCE, end=as_of
    )
    return located.select(
        "member_id", "business_date", quarter=wall_clock.hour(seconds) // _BLOCK_HOURS
    )


def _most(summed: ir.Table, names: dict[str, int] | dict[str, str]) -> ir.Value:
    """Return the name of the greatest count, of equal ones the first; null where all are 0."""
    top = ibis.greatest(*(summed[column] for column in names))
    branches = [((summed[column] == top) & (top > 0), name) for column, name in names.items()]
    return ibis.cases(*branches)
