"""What members are compared by: how they buy, from the feature tables that there are."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta
from typing import Protocol

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from regulars.science.facts import checked_date

# By feature table. Bands and scores are left out: they repeat the numbers they are made of.
TRAITS: dict[str, tuple[str, ...]] = {
    "features/rfm": ("recency_days", "frequency", "monetary"),
    "features/lifecycle": ("lifecycle_stage",),
    "features/cycle": ("interval_median_days", "active_weekday"),
    "features/churn": (
        "order_value", "discount_share", "coupon_share", "online_share", "refund_share",
        "channels", "age_days", "visit_days", "carts_per_visit_day", "trend",
    ),
    "features/value": ("expected_orders_365d", "expected_spend", "p_alive"),
}  # fmt: skip
LINES = "order_lines"
DEPARTMENTS_MAX = 20
_WINDOW_DAYS = 365


class Held(Protocol):
    """Tables that know whether they were ever written."""

    def has(self, name: str) -> bool:
        """Return whether the table has been written."""
        ...

    def table(self, name: str) -> ir.Table:
        """Return the table."""
        ...


def traits(tables: Held, *, as_of: date, without: Collection[str] = ()) -> pa.Table:
    """Return member_id and what each member is compared by, as of the date; everybody has a row.

    Columns are those of ``TRAITS`` whose tables were written, how the member joined, gender, and
    ``bought <department>``: the share of the member's lines of 365 days in each of the twenty
    departments with the most lines. ``without`` names tables to leave out, such as those by which
    the seed was chosen: a model would only repeat that choice.
    """
    day = checked_date(as_of)
    members = tables.table("members")
    rows = members.select("member_id", "gender", "joined_channel")
    for name, columns in TRAITS.items():
        if name in without or not tables.has(name):
            continue
        held = tables.table(name)
        mine = held.filter(held["as_of"] == day).select("member_id", *columns)
        rows = rows.left_join(mine, "member_id").drop("member_id_right")
    if LINES not in without and tables.has(LINES) and tables.has("products"):
        shares = _departments(tables, day)
        rows = rows.left_join(shares, "member_id").drop("member_id_right")
    return rows.to_pyarrow()


def _departments(tables: Held, day: date) -> ir.Table:
    lines = tables.table(LINES).select("member_id", "product_id", "business_date")
    first = ibis.literal(day - timedelta(days=_WINDOW_DAYS))
    recent = lines.filter(
        lines["member_id"].notnull(),
        lines["business_date"] >= first,
        lines["business_date"] < ibis.literal(day),
    )
    products = tables.table("products").select("product_id", "department")
    classed = recent.inner_join(products, "product_id").filter(lambda t: t["department"].notnull())
    sums = classed.group_by("member_id", "department").agg(lines=classed.count())
    many = sums.group_by("department").agg(lines=sums["lines"].sum())
    named = many.order_by(ibis.desc("lines"), "department").limit(DEPARTMENTS_MAX).to_pyarrow()
    names = named["department"].to_pylist()
    total = sums["lines"].sum()
    return sums.group_by("member_id").agg(
        **{
            f"bought {name}": sums["lines"].sum(where=sums["department"] == name).fill_null(0)
            / total
            for name in names
        }
    )
