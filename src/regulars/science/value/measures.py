"""What the value models know of a member: facts of that member alone."""

from __future__ import annotations

from datetime import date

import ibis.expr.types as ir

from regulars.science.facts import known, require_columns


def measure(orders: ir.Table, *, as_of: date) -> ir.Table:
    """Sum up the days with an order of every member who ordered before ``as_of``.

    ``orders`` needs member_id, business_date and net_amount; those without a member are left out.
    Orders of one day count as one, as in Fader, Hardie & Lee (2005), Marketing Science 24(2).

    Returns member_id, first_order_date, last_order_date, frequency (days with an order after the
    first), repeat_amount (net amount of those days, decimal(18, 2), in the orders' currency).
    """
    days = order_days(orders, as_of=as_of)
    day, amount = days["business_date"], days["amount"]
    summed = days.group_by("member_id").agg(
        first_order_date=day.min(),
        last_order_date=day.max(),
        frequency=days.count() - 1,
        repeat_amount=(amount.sum() - amount.argmin(day)).cast("decimal(18, 2)"),
    )
    return summed.select(
        "member_id", "first_order_date", "last_order_date", "frequency", "repeat_amount"
    )


def measure_twice(orders: ir.Table, *, cut: date, as_of: date) -> ir.Table:
    """Return what ``measure`` says as of ``as_of``, and beside it what it said as of ``cut``.

    Adds known_last (null where the first order came later), known_frequency, known_amount: as of
    ``cut``; later_orders and later_amount: days with an order from then on, and their net amount.
    """
    days = order_days(orders, as_of=as_of)
    day, amount = days["business_date"], days["amount"]
    before = day < cut
    later = day >= cut
    return days.group_by("member_id").agg(
        first_order_date=day.min(),
        last_order_date=day.max(),
        frequency=days.count() - 1,
        repeat_amount=amount.sum() - amount.argmin(day),
        known_last=day.max(where=before),
        known_frequency=days.count(where=before) - 1,
        known_amount=amount.sum(where=before) - amount.argmin(day),
        later_orders=days.count(where=later),
        later_amount=amount.sum(where=later).fill_null(0),
    )


def order_days(orders: ir.Table, *, as_of: date) -> ir.Table:
    """Return member_id, business_date and amount of every day on which a member ordered."""
    require_columns(orders, ("member_id", "business_date", "net_amount"), where="orders")
    counted = known(orders, as_of)
    mine = counted.filter(counted["member_id"].notnull())
    return mine.group_by("member_id", "business_date").agg(amount=mine["net_amount"].sum())
