"""From orders to what the models of repeat buying know of a member."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Literal

import ibis
import ibis.expr.types as ir

from regulars.base.errors import RuleError
from regulars.science.facts import checked_date, known, require_columns

Unit = Literal["day", "week", "month", "year"]

DAYS_PER: dict[Unit, float] = {"day": 1.0, "week": 7.0, "month": 365.25 / 12.0, "year": 365.25}


def summarise(orders: ir.Table, *, as_of: date, unit: Unit = "week") -> ir.Table:
    """Return frequency, recency, age and monetary of every member who has ordered.

    ``orders`` needs member_id, business_date and net_amount; those without a member are left out.
    Orders of one day count as one, as in Fader, Hardie & Lee (2005). As of D the last day that is
    known is D - 1, and ages end there.

    Returns member_id, frequency (int: days with an order after the first), recency (float: from the
    first of these days to the last), age (float: from the first day to D - 1), both in ``unit``,
    monetary (float: mean net amount of the repeat days in the orders' currency, 0 without any).

    Raises:
        RuleError: A column is missing, or there is no such unit.
    """
    require_columns(orders, ("member_id", "business_date", "net_amount"), where="orders")
    if unit not in DAYS_PER:
        raise RuleError(f"there is no unit {unit!r}", fix=f"Use one of {', '.join(DAYS_PER)}")
    last_day = ibis.literal(checked_date(as_of) - timedelta(days=1))
    counted = known(orders, as_of)
    days = (
        counted.filter(counted["member_id"].notnull())
        .group_by("member_id", "business_date")
        .agg(amount=lambda t: t["net_amount"].sum())
    )
    firsts = days.group_by("member_id").agg(
        orders=days.count(),
        first=days["business_date"].min(),
        last=days["business_date"].max(),
        total=days["amount"].sum(),
        first_amount=days["amount"].argmin(days["business_date"]),
    )
    frequency = firsts["orders"] - 1
    repeated = (firsts["total"] - firsts["first_amount"]).cast("float64")
    return firsts.select(
        member_id=firsts["member_id"],
        frequency=frequency,
        recency=firsts["last"].delta(firsts["first"], unit="day") / DAYS_PER[unit],
        age=last_day.delta(firsts["first"], unit="day") / DAYS_PER[unit],
        monetary=ibis.ifelse(frequency > 0, repeated / frequency, 0.0),
    )
