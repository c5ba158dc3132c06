"""Who came back: repurchase rate (复购率), second orders, cross-category buying.

Repurchase rate within N days of a window (catalogue S2-20, S0-29). The base are the members with an
order in the window whose *first* order in it, on day d, has been observed for N full days
(d + N < as_of). Repurchased are those of them with another order on a *later* day, at most N days
after d, inside the window or after it. Two orders on one day are one visit: a forgotten carton of
milk is not loyalty. In a split (store, channel, category) only the split's own orders count.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import ibis
import ibis.expr.types as ir

from regulars.base.business_time import Window
from regulars.base.errors import RuleError
from regulars.science.facts import checked_date, known, require_columns, within

REPURCHASE_DAYS = (30, 60, 90, 365)


def counted_repurchases(
    orders: ir.Table,
    *,
    split: str,
    window: Window,
    as_of: date,
    repurchase_days: Sequence[int],
    calendar: ir.Table | None = None,
) -> ir.Table:
    """Return repurchase_base_Nd and repurchased_Nd for each value of ``split``.

    ``split`` is a column of ``orders``, or of ``calendar`` (business_date → period): then the
    cohort is taken anew in each period, while the later order may fall into any.
    """
    checked_days(repurchase_days)
    scope = ["member_id"] if calendar is not None else [split, "member_id"]
    seen = known(orders, as_of)
    seen = seen.filter(seen["member_id"].notnull(), seen["business_date"] >= window.first)
    visits = seen.select(*scope, "business_date").distinct()
    line = ibis.window(group_by=scope, order_by="business_date")
    visits = visits.mutate(next_on=visits["business_date"].lead().over(line))
    cohort = visits.filter(visits["business_date"] < window.end)
    if calendar is not None:
        cohort = cohort.inner_join(calendar, "business_date")
    # The next visit rises with the visit, so the smallest one is that of the first visit.
    first = cohort.group_by([split, "member_id"]).agg(
        first_on=cohort["business_date"].min(), next_on=cohort["next_on"].min()
    )
    return first.group_by(split).agg(**_counts(first, as_of, repurchase_days))


def with_repurchase_rates(counted: ir.Table, repurchase_days: Sequence[int]) -> ir.Table:
    """Add repurchase_rate_Nd: null where no member was observed long enough."""
    return counted.mutate(
        **{
            f"repurchase_rate_{days}d": counted[f"repurchased_{days}d"]
            / counted[f"repurchase_base_{days}d"].nullif(0)
            for days in repurchase_days
        }
    )


def second_orders(orders: ir.Table, *, window: Window, as_of: date | None = None) -> ir.Table:
    """Tell how many of the window's first-time buyers ordered a second time (二次购买).

    First-time buyers had their first order ever in ``window``; a second order is one on a later
    day before ``as_of`` (default: the window's end). Returns one row: first_buyers, second_buyers,
    second_order_rate (null without first buyers), days_to_second_mean, days_to_second_median.
    """
    require_columns(orders, ("member_id", "business_date"), where="orders")
    end = window.end if as_of is None else checked_date(as_of)
    seen = known(orders, end)
    visits = (
        seen.filter(seen["member_id"].notnull()).select("member_id", "business_date").distinct()
    )
    line = ibis.window(group_by="member_id", order_by="business_date")
    ordered = visits.mutate(
        nth=ibis.row_number().over(line),
        days=visits["business_date"].lead().over(line).delta(visits["business_date"], unit="day"),
    )
    first = within(ordered.filter(ordered["nth"] == 0), window)
    counted = first.agg(
        first_buyers=first.count(),
        second_buyers=first["days"].count(),
        days_to_second_mean=first["days"].mean(),
        days_to_second_median=first["days"].cast("float64").median(),
    )
    rate = counted["second_buyers"] / counted["first_buyers"].nullif(0)
    return counted.mutate(second_order_rate=rate).select(
        "first_buyers",
        "second_buyers",
        "second_order_rate",
        "days_to_second_mean",
        "days_to_second_median",
    )


def cross_category(
    order_lines: ir.Table, products: ir.Table, *, window: Window, level: str = "category"
) -> ir.Table:
    """Tell how many active members bought from two or more categories (交叉购买).

    ``level`` is a column of ``products`` (department, category, subcategory, brand); products
    without one count for no category. Returns one row: buyers, cross_buyers, cross_category_rate.
    """
    require_columns(order_lines, ("member_id", "product_id", "business_date"), where="order_lines")
    require_columns(products, ("product_id", level), where="products")
    lines = within(order_lines, window)
    lines = lines.filter(lines["member_id"].notnull()).select("member_id", "product_id")
    named = lines.inner_join(
        products.select("product_id", category_name=products[level]), "product_id"
    )
    per_member = named.group_by("member_id").agg(categories=named["category_name"].nunique())
    buyers = per_member.filter(per_member["categories"] > 0)
    counted = buyers.agg(
        buyers=buyers.count(), cross_buyers=buyers.count(where=buyers["categories"] > 1)
    )
    return counted.mutate(cross_category_rate=counted["cross_buyers"] / counted["buyers"].nullif(0))


def checked_days(repurchase_days: Sequence[int]) -> None:
    """Raise ``RuleError`` for a horizon without a day."""
    for days in repurchase_days:
        if days < 1:
            raise RuleError(f"nobody can buy again within {days} days", fix="Use at least 1 day")


def _counts(first: ir.Table, as_of: date, repurchase_days: Sequence[int]) -> dict[str, ir.Value]:
    gap = first["next_on"].delta(first["first_on"], unit="day")
    counts: dict[str, ir.Value] = {}
    for days in repurchase_days:
        observed = first["first_on"] < as_of - timedelta(days=days)
        counts[f"repurchase_base_{days}d"] = first.count(where=observed)
        counts[f"repurchased_{days}d"] = first.count(where=observed & (gap <= days))
    return counts
