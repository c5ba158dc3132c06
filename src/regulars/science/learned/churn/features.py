"""What a churn model reads: the measures as they look as of a date."""

from __future__ import annotations

from datetime import date

import ibis
import ibis.expr.types as ir

from regulars.science.facts import checked_date
from regulars.science.learned.churn.fields import NAMES

# Who has not ordered for longer has left already (the stage `churned`): no model is needed.
ACTIVE_DAYS = 180


def features(measured: ir.Table, *, as_of: date) -> ir.Table:
    """Return the `FIELDS` of members who ordered in the 180 days before ``as_of``.

    ``measured`` is `measures` as of the same date; its other columns are passed on. All fields are
    floating-point numbers, null where they mean nothing: an interval needs two orders.
    """
    day = ibis.literal(checked_date(as_of))

    def since(column: str) -> ir.FloatingColumn:
        return day.delta(measured[column], unit="day").cast("float64")

    recency = since("last_order_on")
    span = since("first_order_on") - recency
    repeats = (measured["order_days"] - 1).nullif(0)
    interval = span / repeats
    orders, visits = measured["orders"], measured["visit_days"].nullif(0)
    value = measured["sales"] / orders
    found = measured.mutate(
        recency_days=recency,
        overdue=recency / interval,
        interval_days=interval,
        age_days=since("first_order_on"),
        second_order_days=since("second_order_on"),
        third_order_days=since("third_order_on"),
        sixth_order_days=since("sixth_order_on"),
        trend=(since("second_order_on") - recency) / interval,
        order_value=value,
        last_value_ratio=measured["last_amount"] / value.nullif(0.0),
        discount_share=measured["discounts"] / measured["listed"].nullif(0.0),
        coupon_share=measured["coupon_orders"] / orders,
        online_share=measured["online_orders"] / orders,
        refund_share=measured["refunded"] / measured["sales"].nullif(0.0),
        visit_recency_days=since("last_visit_on"),
        third_visit_days=since("third_visit_on"),
        carts_per_visit_day=measured["carts"] / visits,
        answered_share=measured["redemptions"] / measured["sends"].nullif(0),
    )
    held = found.mutate(**{name: found[name].cast("float64") for name in NAMES})
    return held.filter(held["recency_days"] <= ACTIVE_DAYS)
