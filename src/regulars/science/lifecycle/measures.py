"""The dates that decide a member's stage: facts of that member alone."""

from __future__ import annotations

from datetime import date

import ibis
import ibis.expr.types as ir

from regulars.science.facts import known, require_columns
from regulars.science.lifecycle.rules import LifecycleRules


def measure(orders: ir.Table, *, as_of: date, rules: LifecycleRules | None = None) -> ir.Table:
    """Find the turning points of every member who ordered before ``as_of``.

    ``orders`` needs member_id and business_date; orders without a member are left out.
    Returns member_id, order_count, first_order_date, last_order_date, growth_on and mature_on (date
    of the order that reached that count, else null), returned_on (the first order after the last
    gap of more than ``dormant_days`` between two orders, else null).
    """
    rules = rules or LifecycleRules()
    require_columns(orders, ("member_id", "business_date"), where="orders")
    mine = known(orders, as_of)
    mine = mine.filter(mine["member_id"].notnull()).select("member_id", "business_date")
    line = ibis.window(group_by="member_id", order_by="business_date")
    ordered = mine.mutate(
        nth=ibis.row_number().over(line) + 1,
        gap_days=mine["business_date"].delta(mine["business_date"].lag().over(line), unit="day"),
    )
    day, nth = ordered["business_date"], ordered["nth"]
    return ordered.group_by("member_id").agg(
        order_count=ordered.count(),
        first_order_date=day.min(),
        last_order_date=day.max(),
        growth_on=day.max(where=nth == rules.growth_orders),
        mature_on=day.max(where=nth == rules.mature_orders),
        returned_on=day.max(where=ordered["gap_days"] > rules.dormant_days),
    )
