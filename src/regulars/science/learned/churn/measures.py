"""What the facts say of each member, whatever the date they are asked for as of.

Only sums and dates: they change when the member's facts do, and not because a day has passed.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Protocol

import ibis
import ibis.expr.types as ir

from regulars.science.facts import known, require_columns

FACTS = {
    "orders": (
        *("member_id", "business_date", "channel", "list_amount", "discount_amount"),
        *("coupon_amount", "net_amount"),
    ),
    "refunds": ("member_id", "business_date", "amount"),
    "events": ("member_id", "business_date", "event"),
    "sends": ("member_id", "business_date"),
    "redemptions": ("member_id", "business_date"),
}

_MONEY = "decimal(18, 2)"
_NONE_IS_ZERO = ("visit_days", "carts", "sends", "redemptions")

MEASURED = (
    *("member_id", "orders", "sales", "listed", "discounts", "coupon_orders", "channels"),
    *("online_orders", "order_days", "first_order_date", "last_order_date"),
    *("second_last_order_date", "third_last_order_date", "sixth_last_order_date", "last_amount"),
    *("refunded", "visit_days", "carts", "last_visit_date", "third_last_visit_date", "sends"),
    "redemptions",
)


class Tables(Protocol):
    """Anything that hands out the lake's tables by name, such as a ``Snapshot``."""

    def table(self, name: str) -> ir.Table:
        """Return the table with its contract's columns."""
        ...


def measures(tables: Tables, *, as_of: date) -> ir.Table:
    """Return `MEASURED` of every member with an order before ``as_of``: sums and dates.

    ``tables`` needs `FACTS`. Days are counted once, however much was done on them. Dates such as
    third_last_order_date are counted from the latest, and null where there are not so many.

    Raises:
        RuleError: A table lacks a column.
    """
    held = {}
    for name, columns in FACTS.items():
        rows = tables.table(name)
        require_columns(rows, columns, where=name)
        rows = known(rows, as_of).select(*columns)
        held[name] = rows.filter(rows["member_id"].notnull())
    found = _orders(held["orders"])
    for part in (
        _refunds(held["refunds"]),
        _visits(held["events"]),
        _count(held["sends"], "sends"),
        _count(held["redemptions"], "redemptions"),
    ):
        found = found.left_join(part, "member_id").drop("member_id_right")
    whole = found.mutate(
        refunded=found["refunded"].fill_null(Decimal(0)).cast(_MONEY),
        **{name: found[name].fill_null(0) for name in _NONE_IS_ZERO},
    )
    return whole.select(*MEASURED)


def _orders(orders: ir.Table) -> ir.Table:
    sums = orders.group_by("member_id").agg(
        orders=orders.count(),
        sales=orders["net_amount"].sum().cast(_MONEY),
        listed=orders["list_amount"].sum().cast(_MONEY),
        discounts=orders["discount_amount"].sum().cast(_MONEY),
        coupon_orders=(orders["coupon_amount"] > 0).sum(),
        channels=orders["channel"].nunique(),
        online_orders=(orders["channel"] != "pos").sum(),
    )
    days = orders.group_by("member_id", "business_date").agg(
        amount=orders["net_amount"].sum().cast(_MONEY)
    )
    dates = days.group_by("member_id").agg(
        order_days=days.count(),
        first_order_date=days["business_date"].min(),
        days=days["business_date"].collect(),
        last_amount=days["amount"].argmax(days["business_date"]),
    )
    placed = dates.select(
        "member_id",
        "order_days",
        "first_order_date",
        "last_amount",
        **_from_the_last(dates["days"], order=(1, 2, 3, 6)),
    )
    return sums.inner_join(placed, "member_id")


def _refunds(refunds: ir.Table) -> ir.Table:
    return refunds.group_by("member_id").agg(refunded=refunds["amount"].sum().cast(_MONEY))


def _visits(events: ir.Table) -> ir.Table:
    """Days on which the member looked around online, and what was put into a cart."""
    # One grouping by member: one by member and day would keep tens of millions of names.
    dates = events.group_by("member_id").agg(
        carts=(events["event"] == "add_to_cart").sum(), days=events["business_date"].collect()
    )
    dates = dates.mutate(days=dates["days"].unique())
    return dates.select(
        "member_id",
        "carts",
        visit_days=dates["days"].length(),
        **_from_the_last(dates["days"], visit=(1, 3)),
    )


def _count(rows: ir.Table, name: str) -> ir.Table:
    return rows.group_by("member_id").agg(**{name: rows.count()})


_PLACES = {1: "last", 2: "second_last", 3: "third_last", 6: "sixth_last"}


def _from_the_last(days: ir.ArrayColumn, **places: tuple[int, ...]) -> dict[str, ir.Column]:
    """Return the date at each place, counted from the latest."""
    ordered, count = days.sort(), days.length()
    return {
        f"{_PLACES[place]}_{what}_date": ibis.ifelse(
            count >= place, ordered[count - place], ibis.null("date")
        )
        for what, wanted in places.items()
        for place in wanted
    }
