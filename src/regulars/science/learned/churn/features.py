"""What a churn model reads: the measures as they look as of a date."""

from __future__ import annotations

from datetime import date

import ibis
import ibis.expr.types as ir

from regulars.science.facts import checked_date

# Who has not ordered for longer has left already (the stage `churned`): no model is needed.
ACTIVE_DAYS = 180


def features(measured: ir.Table, *, as_of: date) -> ir.Table:
    """Return the `FIELDS` of members who ordered in the 180 days before ``as_of``.

    ``measured`` is `measures` as of the same date; its other columns are passed on. Fields are null
    where they mean nothing: an interval needs two orders.
    """
    day = ibis.literal(checked_date(as_of))

    def since(column: str) -> ir.IntegerColumn:
        return day.delta(measured[column], unit="day")

    def ratio(above: ir.NumericValue, below: ir.NumericValue) -> ir.FloatingColumn:
        return above.cast("float64") / below.cast("float64").nullif(0.0)

    recency = since("last_order_date")
    interval = ratio(since("first_order_date") - recency, measured["order_days"] - 1)
    orders = measured["orders"]
    value = ratio(measured["sales"], orders)
    found = measured.mutate(
        recency_days=recency,
        overdue=ratio(recency, interval),
        interval_days=interval,
        age_days=since("first_order_date"),
        second_order_days=since("second_last_order_date"),
        third_order_days=since("third_last_order_date"),
        sixth_order_days=since("sixth_last_order_date"),
        trend=ratio(since("second_last_order_date") - recency, interval),
        order_value=value.cast("decimal(18, 2)"),
        last_value_ratio=ratio(measured["last_amount"], value),
        discount_share=ratio(measured["discounts"], measured["listed"]),
        coupon_share=ratio(measured["coupon_orders"], orders),
        online_share=ratio(measured["online_orders"], orders),
        refund_share=ratio(measured["refunded"], measured["sales"]),
        visit_recency_days=since("last_visit_date"),
        third_visit_days=since("third_last_visit_date"),
        carts_per_visit_day=ratio(measured["carts"], measured["visit_days"]),
        answered_share=ratio(measured["redemptions"], measured["sends"]),
    )
    return found.filter(found["recency_days"] <= ACTIVE_DAYS)
