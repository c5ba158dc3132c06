"""The narrow tables that every figure is made of: who is at home where, and who bought when."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import ibis

from regulars.base.business_time import Window
from regulars.console.figures.calendar import month_windows, ranked_window, week_windows
from regulars.console.figures.local_time import local_orders
from regulars.science.facts import within

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from regulars.console.desk import Desk
    from regulars.console.figures.digests.work import WorkTables

MINOR_UNITS = 100  # net_amount has two digits after the point


@dataclass(frozen=True, slots=True)
class Visits:
    """``homes``: home (a number), home_store_id, guide_id. ``people``: member_id, member, home.

    ``orders``: member and home (null for visitors), business_date, store_id, channel, hour (of
    the week, 0 to 167, by the store's clock), cents. ``days``: member, home, business_date and
    next_on, the member's next day with an order. Numbers: the engine is quicker with them.
    """

    homes: ir.Table
    people: ir.Table
    orders: ir.Table
    days: ir.Table


def gathered(desk: Desk, work: WorkTables) -> Visits:
    """Read the orders of the longest window once."""
    lake, day = desk.whole, desk.as_of
    first = min(w.first for w in (month_windows(day)[0], week_windows(day)[0], ranked_window(day)))
    bought = within(lake.table("orders"), Window(first, day))
    members = lake.table("members")
    homes = work.keep(_homes(members))
    people = work.keep(_people(members, homes, bought))
    local = local_orders(desk, bought, "business_date", "channel", "net_amount")
    numbered = local.left_join(people, "member_id")
    orders = work.keep(
        numbered.select(
            "member",
            "home",
            "business_date",
            "store_id",
            "channel",
            hour=(numbered["weekday"] * 24 + numbered["hour"]).cast("int64"),
            cents=(numbered["net_amount"] * MINOR_UNITS).cast("int64"),
        )
    )
    dated = orders.filter(orders["member"].notnull())
    dated = dated.select("member", "home", "business_date").distinct()
    line = ibis.window(group_by="member", order_by="business_date")
    days = work.keep(dated.mutate(next_on=dated["business_date"].lead().over(line)))
    return Visits(homes, people, orders, days)


def _homes(members: ir.Table) -> ir.Table:
    homes = members.select("home_store_id", "guide_id").distinct()
    return homes.mutate(home=ibis.row_number())


def _people(members: ir.Table, homes: ir.Table, bought: ir.Table) -> ir.Table:
    """Number the members; who bought and is in no list (yet) is at home nowhere."""
    listed = members.select("member_id", "home_store_id", "guide_id")
    same = [listed[name].identical_to(homes[name]) for name in ("home_store_id", "guide_id")]
    housed = listed.inner_join(homes, same).select("member_id", "home")
    buyers = bought.filter(bought["member_id"].notnull()).select("member_id").distinct()
    strangers = buyers.anti_join(listed, "member_id").mutate(home=ibis.null().cast("int64"))
    return housed.union(strangers).mutate(member=ibis.row_number())
