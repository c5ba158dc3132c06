"""Orders and their lines."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from regulars.lake.contracts.shape import Check, Column, Contract


def _month_is_of_date(batch: pa.RecordBatch) -> pa.BooleanArray:
    # A batch holds few dates: the month is formatted once for each.
    dates: Any = pc.dictionary_encode(batch.column("business_date"))
    months: Any = pc.strftime(dates.dictionary, format="%Y-%m").take(dates.indices)
    return pc.equal(batch.column("business_month"), months)


def _currency_is_a_code(batch: pa.RecordBatch) -> pa.BooleanArray:
    codes: Any = pc.dictionary_encode(batch.column("currency"))
    return pc.match_substring_regex(codes.dictionary, "^[A-Z]{3}$").take(codes.indices)


_WHEN = (
    Column("ordered_at", "timestamp('UTC')", "when it was bought", unit="UTC"),
    Column("business_date", "date", "the date of ordered_at in the store's zone"),
    Column("business_month", "string", "the month of business_date", unit="YYYY-MM"),
)
_MONEY = (
    Column("currency", "string", "the currency of the amounts", unit="ISO 4217"),
    Column("list_amount", "decimal(18, 2)", "price before any discount", unit="currency"),
    Column("discount_amount", "decimal(18, 2)", "given by the retailer", unit="currency"),
    Column("coupon_amount", "decimal(18, 2)", "given by a coupon its maker funds", unit="currency"),
    Column("net_amount", "decimal(18, 2)", "what the retailer took in", unit="currency"),
)
_CHECKS = (
    Check("business_month is the month of business_date", _month_is_of_date),
    Check("currency is three capital letters", _currency_is_a_code),
)
_SOURCE = Column("source", "string", "the mapping that loaded the row")

ORDERS = Contract(
    name="orders",
    owner="ingest",
    grain="one order",
    key=("order_id",),
    columns=(
        Column("order_id", "string", "the order; unique over all sources"),
        Column("member_id", "string", "who bought; null for a visitor", nullable=True),
        Column("store_id", "string", "where it was bought"),
        Column("staff_id", "string", "who served", nullable=True),
        Column("channel", "string", "pos, web, app, miniprogram, wecom, marketplace, call_centre"),
        *_WHEN,
        *_MONEY,
        Column("line_count", "int64", "how many lines the order has", unit="lines"),
        Column("item_count", "int64", "how many items its lines count", unit="items"),
        _SOURCE,
    ),
    partition=("business_month",),
    kind="fact",
    source="POS, shop and mini-program exports",
    checks=_CHECKS,
)

ORDER_LINES = Contract(
    name="order_lines",
    owner="ingest",
    grain="one product line of one order",
    key=("order_id", "line_no"),
    columns=(
        Column("order_id", "string", "the order"),
        Column("line_no", "string", "the source's key of the line inside the order"),
        Column("member_id", "string", "who bought; null for a visitor", nullable=True),
        Column("store_id", "string", "where it was bought"),
        Column("product_id", "string", "what was bought"),
        *_WHEN,
        Column("quantity", "decimal(18, 3)", "as sold, in the product's own unit"),
        Column(
            "item_count",
            "int64",
            "0 when quantity is not above 0, 1 for measured goods, else the quantity",
            unit="items",
        ),
        *_MONEY,
        Column(
            "flags", "string", "comma-separated cleaning rules that touched the row; '' if none"
        ),
        _SOURCE,
    ),
    partition=("business_month",),
    replaces_by=("order_id",),
    kind="fact",
    source="POS, shop and mini-program exports",
    checks=_CHECKS,
)

CONTRACTS = (ORDERS, ORDER_LINES)
