"""The overview's figures for every home store and guide, in one table of sums.

One row adds up, for one figure and one of its ``day``s, ``code``s or ``number``s, what belongs to
the members of one home store and guide; visitors' orders and members without a home stand under
null. What the four sums mean for a figure:

figure              day / code / number     orders, members, base, again
month, week         first day               orders, active members, members' orders, –
repurchase          first day of the month  –, –, buyers, those who bought again
joined_month/_week  first day, null unknown –, members who joined, –, –
group               RFM group               –, members, days observed, days followed by another
cell, band          R, F and M band, value  orders in the window, members, –, –
stage               lifecycle stage         –, members, –, who entered it lately
quiet               –                       –, important members long away, –, –
hour                hour of the week        orders, active members, –, –
store, channel,     id or name, '' unknown  orders or lines, active members, –, –
department
fall                store                   –, –, active members the month before, and the last one

``cents`` are net amounts in minor units (of ``group``, ``cell`` and ``band``: monetary).
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import ibis

from regulars.base.business_time import Window
from regulars.console.desk.options import rfm_options
from regulars.console.figures.calendar import (
    QUIET_DAYS,
    REPURCHASE_DAYS,
    last_full_month,
    month_windows,
    ranked_window,
    week_windows,
)
from regulars.console.figures.digests.visits import MINOR_UNITS
from regulars.science.facts import within
from regulars.science.rfm import banded

if TYPE_CHECKING:
    from collections.abc import Iterator

    import ibis.expr.types as ir

    from regulars.console.desk import Desk
    from regulars.console.figures.digests.visits import Visits

HOMES = ("home_store_id", "guide_id")
PLACES = ("figure", "day", "code", "number")
SUMS = ("orders", "cents", "members", "base", "again")
SCHEMA = ibis.schema(
    dict.fromkeys((*HOMES, "figure"), "string")
    | {"day": "date", "code": "string", "number": "int64"}
    | dict.fromkeys(SUMS, "int64")
)


def sums(desk: Desk, visits: Visits) -> Iterator[ir.Table]:
    """Yield the rows of each figure, in the columns of ``SCHEMA``."""
    orders, day = visits.orders, desk.as_of
    whole = ranked_window(day)
    for figure, unit, windows in (
        ("month", "M", month_windows(day)),
        ("week", "W", week_windows(day)),
    ):
        bought = within(orders, Window(windows[0].first, windows[-1].end))
        first = bought["business_date"].truncate(unit)
        yield _trade(visits, bought.mutate(place=first), figure, "day")
        yield _joined(desk, visits, figure, unit)
    year = within(orders, whole)
    yield _trade(visits, year.mutate(place=year["hour"]), "hour", "number")
    yield _trade(visits, year.mutate(place=year["store_id"]), "store", "code")
    yield _trade(visits, year.mutate(place=year["channel"]), "channel", "code")
    yield _trade(visits, _lines(desk, visits, whole), "department", "code")
    yield _repurchase(visits)
    yield _groups(desk, visits)
    yield from _bands(desk, visits)
    yield from _standing(desk, visits)
    yield _falls(desk, visits)


def _trade(visits: Visits, bought: ir.Table, figure: str, column: str) -> ir.Table:
    """Add up orders by their ``place``; one row per member first, so that members count once."""
    mine = bought.group_by("home", "member", "place").agg(
        orders=bought.count(), cents=bought["cents"].sum()
    )
    rows = mine.group_by("home", "place").agg(
        orders=mine["orders"].sum(),
        cents=mine["cents"].sum(),
        members=mine["member"].count(),
        base=mine["orders"].sum(where=mine["member"].notnull()),
    )
    return _shaped(visits, rows, figure, column, "place")


def _lines(desk: Desk, visits: Visits, window: Window) -> ir.Table:
    """Return the order lines of the window as ``_trade`` wants them, by department."""
    lines = within(desk.whole.table("order_lines"), window)
    names = desk.whole.table("products").select("product_id", "department")
    bought = lines.select("member_id", "product_id", "net_amount")
    named = bought.left_join(names, "product_id").left_join(visits.people, "member_id")
    return named.select(
        "home",
        "member",
        place=named["department"].fill_null(""),
        cents=(named["net_amount"] * MINOR_UNITS).cast("int64"),
    )


def _joined(desk: Desk, visits: Visits, figure: str, unit: str) -> ir.Table:
    """Count joining members by period; who has no date joined with the first order."""
    members, orders = desk.whole.table("members"), desk.whole.table("orders")
    undated = members.filter(members["joined_on"].isnull())
    first = orders.semi_join(undated, "member_id").group_by("member_id")
    dates = first.agg(first_on=lambda t: t["business_date"].min())
    known = members.select("member_id", "joined_on").left_join(dates, "member_id")
    known = known.select("member_id", day=known["joined_on"].coalesce(known["first_on"]))
    known = known.inner_join(visits.people, "member_id")
    rows = known.group_by("home", place=known["day"].truncate(unit)).agg(members=known.count())
    return _shaped(visits, rows, f"joined_{figure}", "day", "place")


def _repurchase(visits: Visits) -> ir.Table:
    """Count each month's buyers, and those who bought again on a later day within the limit."""
    days = visits.days
    cohorts = days.group_by("home", "member", place=days["business_date"].truncate("M")).agg(
        first_on=days["business_date"].min(), next_on=days["next_on"].min()
    )
    gap = cohorts["next_on"].delta(cohorts["first_on"], unit="day")
    rows = cohorts.group_by("home", "place").agg(
        base=cohorts.count(), again=cohorts.count(where=gap <= REPURCHASE_DAYS)
    )
    return _shaped(visits, rows, "repurchase", "day", "place")


def _groups(desk: Desk, visits: Visits) -> ir.Table:
    """Count each RFM group, and how often a day with an order was followed by another soon."""
    days = within(visits.days, ranked_window(desk.as_of))
    days = days.filter(days["business_date"] < desk.as_of - timedelta(days=REPURCHASE_DAYS))
    gap = days["next_on"].delta(days["business_date"], unit="day")
    followed = days.group_by("member").agg(
        base=days.count(), again=days.count(where=gap <= REPURCHASE_DAYS)
    )
    scored = _of_today(desk, "rfm").select("member_id", "rfm_group", "monetary")
    homed = scored.left_join(visits.people, "member_id").drop("member_id_right")
    seen = homed.left_join(followed, "member")
    rows = seen.group_by("home", "rfm_group").agg(
        members=seen.count(),
        cents=(seen["monetary"].sum() * MINOR_UNITS).cast("int64"),
        base=seen["base"].sum().fill_null(0),
        again=seen["again"].sum().fill_null(0),
    )
    return _shaped(visits, rows, "group", "code", "rfm_group")


def _bands(desk: Desk, visits: Visits) -> Iterator[ir.Table]:
    """Count the buyers in the 27 cells of the cube (``r-f-m``) and in the bands of value."""
    scored = banded(_of_today(desk, "rfm"), levels=rfm_options().levels)
    homed = scored.left_join(visits.people, "member_id")
    cell = homed["r_band"] + "-" + homed["f_band"] + "-" + homed["m_band"]
    for figure, place in (("cell", cell), ("band", homed["value_band"])):
        rows = homed.group_by("home", place=place).agg(
            orders=homed["frequency"].sum(),
            members=homed.count(),
            cents=(homed["monetary"].sum() * MINOR_UNITS).cast("int64"),
        )
        yield _shaped(visits, rows, figure, "code", "place")


def _standing(desk: Desk, visits: Visits) -> Iterator[ir.Table]:
    staged = _of_today(desk, "lifecycle").select("member_id", "lifecycle_stage", "entered_on")
    homed = staged.left_join(visits.people, "member_id")
    since = desk.as_of - timedelta(days=REPURCHASE_DAYS)
    rows = homed.group_by("home", "lifecycle_stage").agg(
        members=homed.count(), again=homed.count(where=homed["entered_on"] >= since)
    )
    yield _shaped(visits, rows, "stage", "code", "lifecycle_stage")
    scored = _of_today(desk, "rfm")
    quiet = scored.filter(
        scored["rfm_group"].startswith("important"), scored["recency_days"] > QUIET_DAYS
    )
    away = quiet.select("member_id").left_join(visits.people, "member_id")
    yield _shaped(visits, away.group_by("home").agg(members=away.count()), "quiet")


def _falls(desk: Desk, visits: Visits) -> ir.Table:
    month = last_full_month(desk.as_of)
    earlier = last_full_month(month.first)
    bought = within(visits.orders, Window(earlier.first, month.end))
    bought = bought.filter(bought["member"].notnull())
    late = bought["business_date"] >= month.first
    mine = bought.group_by("home", "member", "store_id").agg(now=late.any(), before=(~late).any())
    rows = mine.group_by("home", "store_id").agg(
        base=mine.count(where=mine["before"]), again=mine.count(where=mine["now"])
    )
    return _shaped(visits, rows, "fall", "code", "store_id")


def _of_today(desk: Desk, name: str) -> ir.Table:
    table = desk.whole.table(f"features/{name}")
    return table.filter(table["as_of"] == desk.as_of)


def _shaped(
    visits: Visits, rows: ir.Table, figure: str, column: str = "", place: str = ""
) -> ir.Table:
    """Return the columns of ``SCHEMA``; ``column`` holds the place, absent sums are 0."""
    housed = rows.left_join(visits.homes, "home")
    given: dict[str, ir.Value] = {name: housed[name] for name in (*HOMES, *SUMS) if name in housed}
    given["figure"] = ibis.literal(figure)
    if place:
        given[column] = housed[place]
    columns = {}
    for name, kind in SCHEMA.items():
        if name in SUMS:
            columns[name] = given.get(name, ibis.literal(0)).cast(kind).fill_null(0)
        else:
            columns[name] = given.get(name, ibis.null()).cast(kind)
    return housed.select(**columns)
