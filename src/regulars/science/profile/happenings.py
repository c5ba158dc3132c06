"""What a member's orders and refunds come to: whole life, favourites, the last things of all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis
from ibis import _

from regulars.science.profile.card import PRICE_BOUNDS
from regulars.science.profile.pieces import listed, piece

if TYPE_CHECKING:
    import ibis.expr.types as ir

FAVOURITES_MAX = 5
TIMELINE_MAX = 10
_AMOUNT = "decimal(18, 2)"


def lifetime(orders: ir.Table) -> ir.Table:
    """Return ``member_id`` and ``lifetime`` of every member who bought: one JSON object each."""
    sums = orders.group_by("member_id").agg(
        orders=_.count(),
        net_amount=_["net_amount"].sum().cast(_AMOUNT),
        items=_["item_count"].sum().cast("int64"),
        first_order_on=_["business_date"].min(),
        last_order_on=_["business_date"].max(),
    )
    average = (sums["net_amount"] / sums["orders"]).cast(_AMOUNT)
    return piece(
        "lifetime",
        sums.mutate(average_order_value=average),
        "orders",
        "net_amount",
        "items",
        "average_order_value",
        "first_order_on",
        "last_order_on",
    )


def favourite_stores(orders: ir.Table) -> ir.Table:
    """Return the stores each member bought in most often, best first, as one JSON list."""
    at = orders.group_by("member_id", "store_id").agg(
        orders=_.count(), net_amount=_["net_amount"].sum().cast(_AMOUNT)
    )
    shown = ("store_id", "orders", "net_amount")
    return listed("favourite_stores", at, -at["orders"], FAVOURITES_MAX, shown)


def favourite_categories(lines: ir.Table, products: ir.Table) -> ir.Table:
    """Return the categories each member spent most in, best first, as one JSON list."""
    named = lines.inner_join(products.select("product_id", "category"), "product_id")
    named = named.filter(named["category"] != "")
    # Summing up orders first costs less than counting distinct ids.
    spent = (
        named.group_by("member_id", "category", "order_id")
        .agg(net_amount=_["net_amount"].sum())
        .group_by("member_id", "category")
        .agg(orders=_.count(), net_amount=_["net_amount"].sum().cast(_AMOUNT))
    )
    shown = ("category", "orders", "net_amount")
    return listed("favourite_categories", spent, -spent["net_amount"], FAVOURITES_MAX, shown)


def price_ranges(orders: ir.Table) -> ir.Table:
    """Return how many of each member's orders lie in each range of amounts, as one JSON list."""
    amount = orders["net_amount"]
    placed = orders.mutate(place=sum((amount >= bound).cast("int64") for bound in PRICE_BOUNDS))
    counted = placed.group_by("member_id", "place").agg(orders=_.count())
    shown = ("place", "orders")
    return listed("price_ranges", counted, counted["place"], len(PRICE_BOUNDS) + 1, shown)


def timeline(orders: ir.Table, refunds: ir.Table) -> ir.Table:
    """Return each member's last orders and refunds, the oldest first, as one JSON list.

    Moments are UTC, written without a zone.
    """
    bought = orders.select(
        "member_id",
        "channel",
        "store_id",
        kind=ibis.literal("order"),
        at=orders["ordered_at"],
        id=orders["order_id"],
        amount=orders["net_amount"],
    )
    returned = refunds.select(
        "member_id",
        "channel",
        "store_id",
        kind=ibis.literal("refund"),
        at=refunds["refunded_at"],
        id=refunds["refund_id"],
        amount=refunds["amount"],
    )
    both = ibis.union(bought, returned)
    shown = ("kind", "id", "channel", "store_id", "amount")
    return listed("timeline", both, both["at"].cast("timestamp"), TIMELINE_MAX, shown, last=True)
