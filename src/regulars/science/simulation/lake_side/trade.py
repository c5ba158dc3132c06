"""Orders, lines, refunds and visits as the lake's facts."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa

from regulars.science.simulation.lake_side.people import dates, member_ids
from regulars.science.simulation.output.rows import chosen, money, text
from regulars.science.simulation.people.natures import CHANNELS
from regulars.science.simulation.streams import Ints
from regulars.science.simulation.trade.history import History
from regulars.science.simulation.trade.sessions import EVENTS
from regulars.science.simulation.world.catalogue import (
    BRANDS_PER_CATEGORY,
    PRODUCTS_PER_CELL,
    product_ids,
)
from regulars.science.simulation.world.categories import CATEGORIES

_PRODUCTS = len(CATEGORIES) * BRANDS_PER_CATEGORY * PRODUCTS_PER_CELL


def orders_table(history: History, ids: Any) -> pa.Table:
    """Return the chunk's orders."""
    bought, lines = history.purchases, history.lines
    listed, discount, coupon = (
        np.bincount(lines.order, part, minlength=len(bought)).astype(np.int64)
        for part in (lines.listed, lines.discount, lines.coupon)
    )
    pieces = np.bincount(lines.order, lines.quantity, minlength=len(bought)).astype(np.int64)
    return pa.table({
        "order_id": ids,
        "member_id": member_ids(history.people, bought.person),
        "channel": chosen(CHANNELS, bought.channel),
        "business_date": dates(bought.second),
        "list_amount": money(listed),
        "discount_amount": money(discount),
        "coupon_amount": money(coupon),
        "net_amount": money(listed - discount),
        "item_count": pieces,
    })  # fmt: skip


def lines_table(history: History, ids: Any) -> pa.Table:
    """Return the lines of the chunk's orders."""
    bought, lines = history.purchases, history.lines
    return pa.table({
        "order_id": ids.take(pa.array(lines.order)),
        "line_no": text(lines.number),
        "member_id": member_ids(history.people, bought.person[lines.order]),
        "product_id": chosen(product_ids(_PRODUCTS), lines.product),
        "business_date": dates(bought.second[lines.order]),
        "item_count": lines.quantity,
        "list_amount": money(lines.listed),
        "discount_amount": money(lines.discount),
        "coupon_amount": money(lines.coupon),
        "net_amount": money(lines.net),
    })  # fmt: skip


def refunds_table(history: History, ids: Any) -> pa.Table:
    """Return what was given back."""
    refunds, lines, bought = history.refunds, history.lines, history.purchases
    order: Ints = lines.order[refunds.line]
    return pa.table({
        "order_id": ids.take(pa.array(order)),
        "line_no": text(lines.number[refunds.line]),
        "member_id": member_ids(history.people, bought.person[order]),
        "business_date": dates(refunds.second),
        "amount": money(refunds.amount),
    })  # fmt: skip


def events_table(history: History) -> pa.Table:
    """Return every visit, view and cart, also of people who had not signed in."""
    events = history.events
    return pa.table({
        "member_id": member_ids(history.people, events.person),
        "event": chosen(EVENTS, events.event),
        "channel": chosen(CHANNELS, events.channel),
        "business_date": dates(events.second),
        "session_id": text(history.chunk * 10**8 + events.session),
    })  # fmt: skip
