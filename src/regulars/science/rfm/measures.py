"""What a member bought in the window: facts of that member alone."""

from __future__ import annotations

from datetime import date

import ibis.expr.types as ir

from regulars.base.business_time import Window
from regulars.science.facts import checked_date, require_columns, within


def measure(orders: ir.Table, *, as_of: date, window_days: int = 365) -> ir.Table:
    """Sum up each member's orders of the ``window_days`` days before ``as_of``.

    ``orders`` needs member_id, business_date and net_amount; orders without a member are left out.
    Returns one row per buyer of the window: member_id, last_order_date, frequency (orders),
    monetary (net amount, decimal(18, 2), in the orders' currency).
    """
    require_columns(orders, ("member_id", "business_date", "net_amount"), where="orders")
    window = Window.before(checked_date(as_of), days=window_days)
    bought = within(orders, window)
    return (
        bought.filter(bought["member_id"].notnull())
        .group_by("member_id")
        .agg(
            last_order_date=lambda t: t["business_date"].max(),
            frequency=lambda t: t.count(),
            monetary=lambda t: t["net_amount"].sum().cast("decimal(18, 2)"),
        )
    )
