"""What each brand of a category was reduced by on each day, for everybody."""

from __future__ import annotations

from datetime import date, timedelta

import ibis
import ibis.expr.types as ir

from regulars.base.errors import RuleError
from regulars.science.facts import checked_date, known, require_columns

_DAYS_MAX = 3_653
_WEEK_DAYS = 7


def shelf_offers(prices: ir.Table, products: ir.Table, *, first: date, as_of: date) -> ir.Table:
    """Return the depth of each brand's offer on each day, from the plan of prices.

    ``prices`` needs product_id, starts_on, ends_on, list_price and price; ``products`` product_id,
    category and brand. Returns category, brand, business_date (``first`` to ``as_of`` - 1) and
    depth: the mean over the brand's products of 1 - price / list_price, from 0 to 1.

    Raises:
        RuleError: A column is missing, or the days are none or more than ten years.
    """
    require_columns(
        prices, ("product_id", "starts_on", "ends_on", "list_price", "price"), where="prices"
    )
    days = (checked_date(as_of) - checked_date(first)).days
    if not 0 < days <= _DAYS_MAX:
        raise RuleError(
            f"{days} days lie between {first} and {as_of}",
            where="first",
            fix=f"Name 1 to {_DAYS_MAX:,} days",
        )
    priced = _classed(prices.filter(prices["list_price"] > 0), products)
    since = ibis.greatest(priced["starts_on"], ibis.literal(first))
    until = ibis.least(priced["ends_on"], ibis.literal(as_of - timedelta(days=1)))
    runs = priced.mutate(
        depth=1.0 - (priced["price"] / priced["list_price"]).cast("float64"),
        business_date=ibis.range(
            since.cast("timestamp"),
            until.cast("timestamp") + ibis.interval(days=1),
            ibis.interval(days=1),
        ).cast("array<date>"),
    )
    daily = runs.select("category", "brand", "depth", business_date=runs["business_date"].unnest())
    return daily.group_by("category", "brand", "business_date").agg(depth=daily["depth"].mean())


def paid_offers(order_lines: ir.Table, products: ir.Table, *, as_of: date) -> ir.Table:
    """Return the same where no plan of prices is known: from what everybody paid in the week.

    ``order_lines`` needs product_id, business_date, list_amount and discount_amount. Weeks begin on
    the weekday of the first line. A brand of which nothing was sold in a week has no offer then.
    """
    needed = ("product_id", "business_date", "list_amount", "discount_amount")
    require_columns(order_lines, needed, where="order_lines")
    sold = _classed(known(order_lines, as_of), products)
    sold = sold.filter(sold["list_amount"] > 0)
    begin = sold["business_date"].min().as_scalar()
    weekly = sold.mutate(
        week=sold["business_date"].delta(begin, unit="day") // _WEEK_DAYS, begin=begin
    )
    depths = weekly.group_by("category", "brand", "week").agg(
        depth=weekly["discount_amount"].sum().cast("float64")
        / weekly["list_amount"].sum().cast("float64"),
        begin=weekly["begin"].min(),
    )
    days = ibis.range(0, _WEEK_DAYS).unnest()
    daily = depths.select("category", "brand", "depth", "begin", "week", day=days)
    moved = daily["begin"] + (daily["week"] * _WEEK_DAYS + daily["day"]).as_interval("D")
    return daily.select("category", "brand", "depth", business_date=moved.cast("date"))


def _classed(rows: ir.Table, products: ir.Table) -> ir.Table:
    """Return the rows with category and brand; those without one are left out."""
    require_columns(products, ("product_id", "category", "brand"), where="products")
    classes = products.select("product_id", "category", "brand").drop_null(("category", "brand"))
    return rows.inner_join(classes, "product_id")
