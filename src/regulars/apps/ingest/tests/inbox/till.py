"""Orders as a till posts them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from regulars.apps.ingest.types import IdentifierPost, OrderLinePost, OrderPost

AT = datetime(2024, 5, 1, 1, 30, tzinfo=UTC)  # 09:30 in Shanghai


def line(line_no: str = "1", **facts: Any) -> OrderLinePost:
    """Return a line of two pieces, 0.20 off."""
    good = OrderLinePost(
        line_no=line_no,
        product_id="p1",
        quantity=Decimal(2),
        net_amount=Decimal("19.80"),
        discount_amount=Decimal("0.20"),
    )
    return replace(good, **facts)


def order(order_id: str = "o1", *lines: OrderLinePost, **facts: Any) -> OrderPost:
    """Return an order of card c1 in shop s1, of one good line unless others are given."""
    good = OrderPost(
        order_id=order_id,
        store_id="s1",
        ordered_at=AT,
        channel="pos",
        lines=lines or (line(),),
        identifiers=(IdentifierPost("card_no", "c1"),),
    )
    return replace(good, **facts)
