"""Shapes about orders."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Literal

from ninja import Schema
from pydantic import ConfigDict, Field, JsonValue

from regulars.api.v1.schemas.shapes import (
    Amount,
    Channel,
    Id,
    Kind,
    Moment,
    OptionalText,
    Sent,
    Text,
)

LINES_MAX = 1_000
BATCH_MAX = 1_000
Money = Annotated[Decimal, Field(max_digits=16, decimal_places=2)]
Quantity = Annotated[Decimal, Field(max_digits=15, decimal_places=3)]
_EXAMPLE: JsonValue = {
    "order_id": "S01-20240105-0042",
    "store_id": "S01",
    "ordered_at": "2024-01-05T16:30:00+08:00",
    "channel": "pos",
    "identifiers": [{"kind": "card_no", "value": "A00001234"}],
    "lines": [
        {
            "line_no": "1", "product_id": "SKU-7", "quantity": "2",
            "net_amount": "119.80", "discount_amount": "20.00",
        }
    ],
}  # fmt: skip


class Buyer(Sent):
    """A key of the buyer as the till or shop knows it."""

    kind: Kind
    value: Text
    verified: bool = True


class PostedLine(Sent):
    """One line. Without ``list_amount`` it is what the three other amounts add up to."""

    line_no: Id
    product_id: Id
    quantity: Quantity
    net_amount: Money
    discount_amount: Money = Decimal(0)
    coupon_amount: Money = Decimal(0)
    list_amount: Money | None = None


class PostedOrder(Sent):
    """One order, whole: a correction is the whole order again, under the same ``order_id``."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [_EXAMPLE]})
    order_id: Id
    store_id: Id
    ordered_at: Moment
    channel: Channel
    lines: list[PostedLine] = Field(min_length=1, max_length=LINES_MAX)
    staff_id: OptionalText = ""
    identifiers: list[Buyer] = Field(
        default_factory=list, max_length=7, description="one per kind; empty for a visitor"
    )
    currency: str = Field("", pattern=r"^([A-Z]{3})?$", description="the brand's if empty")


class PostedBatch(Sent):
    """Up to 1,000 orders; each is kept or refused by itself."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"orders": [_EXAMPLE]}]}
    )
    orders: list[PostedOrder] = Field(min_length=1, max_length=BATCH_MAX)


class Receipt(Schema):
    """The order is kept; it stands in the lake a moment later.

    ``duplicate``: the same order was kept before. ``replaced``: it takes the place of another
    content under its id.
    """

    order_id: str
    state: Literal["accepted", "duplicate", "replaced"]
    received_at: datetime


class BatchItem(Schema):
    """What became of one order of a batch, in the order they were sent."""

    order_id: str
    state: Literal["accepted", "duplicate", "replaced", "refused"]
    received_at: datetime | None = None
    detail: str | None = Field(None, description="why it was refused")


class BatchReceipt(Schema):
    """One result per order."""

    items: list[BatchItem]


class Order(Schema):
    """One order as the lake holds it."""

    order_id: str
    member_id: str | None
    store_id: str
    staff_id: str | None
    channel: str
    ordered_at: datetime
    business_date: date = Field(description="the date in the store's zone")
    currency: str
    list_amount: Amount
    discount_amount: Amount
    coupon_amount: Amount
    net_amount: Amount
    line_count: int
    item_count: int


class OrderLine(Schema):
    """One line of an order."""

    line_no: str
    product_id: str
    quantity: Amount
    item_count: int
    list_amount: Amount
    discount_amount: Amount
    coupon_amount: Amount
    net_amount: Amount
    flags: str = Field(description="cleaning rules that touched the line, comma-separated")


class WholeOrder(Order):
    """One order with its lines."""

    lines: list[OrderLine]


class Refusal(Schema):
    """Why a line of a posted order is in quarantine."""

    reason: str
    detail: str
    column: str


class OrderStanding(Schema):
    """How far an order got. ``order`` is what the lake holds, null while it holds nothing."""

    order_id: str
    state: Literal["pending", "landed", "refused"]
    received_at: datetime | None = Field(description="null when it did not come by the API")
    landed_at: datetime | None
    refusals: list[Refusal]
    order: WholeOrder | None


class OrderPage(Schema):
    """Orders, the newest first."""

    items: list[Order]
    next_cursor: str | None
