"""What was bought, beside what could have been bought at the time."""

from __future__ import annotations

from datetime import date

import ibis
import ibis.expr.types as ir

from regulars.science.facts import known, require_columns

# Nobody sells at a tenth of the price; what looks like it is given away.
_DEPTH_MAX = 0.9


def choices(
    order_lines: ir.Table, products: ir.Table, offers: ir.Table, *, as_of: date
) -> ir.Table:
    """Return the lines before ``as_of`` whose brand had a known offer on the day.

    Returns member_id (null for visitors), category, brand, business_date, discount: -ln(1 - depth)
    of what was bought, so that a price of half counts as 0.69.
    """
    require_columns(order_lines, ("member_id", "product_id", "business_date"), where="order_lines")
    classes = products.select("product_id", "category", "brand")
    lines = known(order_lines, as_of).select("member_id", "product_id", "business_date")
    classed = lines.inner_join(classes, "product_id").drop("product_id")
    return classed.inner_join(_discounts(offers), ("category", "brand", "business_date")).select(
        "member_id", "category", "brand", "business_date", "discount"
    )


def alternatives(chosen: ir.Table, offers: ir.Table) -> ir.Table:
    """Return every offer of the days on which the category was bought, with its lines.

    Returns category, brand, business_date, discount, lines (int: how many chose it, from 0).
    """
    counts = chosen.group_by("category", "brand", "business_date").agg(lines=chosen.count())
    days = counts.select("category", "business_date").distinct()
    offered = _discounts(offers).semi_join(days, ("category", "business_date"))
    joined = offered.left_join(counts, ("category", "brand", "business_date"))
    return joined.select(
        "category", "brand", "business_date", "discount", lines=joined["lines"].fill_null(0)
    )


def _discounts(offers: ir.Table) -> ir.Table:
    require_columns(offers, ("category", "brand", "business_date", "depth"), where="offers")
    depth = ibis.least(ibis.greatest(offers["depth"], 0.0), _DEPTH_MAX)
    return offers.select("category", "brand", "business_date", discount=-(1.0 - depth).ln())
