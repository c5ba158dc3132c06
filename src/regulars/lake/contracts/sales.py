"""Orders, their lines, and what was given back."""

from __future__ import annotations

from regulars.lake.contracts.checks import CURRENCY, MONTH
from regulars.lake.contracts.shape import SOURCE, Column, Contract

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
        SOURCE,
    ),
    partition=("business_month",),
    kind="fact",
    source="POS, shop and mini-program exports",
    checks=(MONTH, CURRENCY),
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
        SOURCE,
    ),
    partition=("business_month",),
    replaces_by=("order_id",),
    kind="fact",
    source="POS, shop and mini-program exports",
    checks=(MONTH, CURRENCY),
)

REFUNDS = Contract(
    name="refunds",
    owner="ingest",
    grain="one order line given back, whole or in part, at one time",
    key=("refund_id",),
    columns=(
        Column("refund_id", "string", "the refund"),
        Column("order_id", "string", "the order it belongs to"),
        Column("line_no", "string", "the line of the order", nullable=True),
        Column("member_id", "string", "who bought; null for a visitor", nullable=True),
        Column("store_id", "string", "where it was given back"),
        Column("product_id", "string", "what was given back", nullable=True),
        Column("channel", "string", "where the refund was made"),
        Column("refunded_at", "timestamp('UTC')", "when the money went back", unit="UTC"),
        Column("business_date", "date", "the date of refunded_at in the store's zone"),
        Column("quantity", "decimal(18, 3)", "how much was given back", nullable=True),
        Column("currency", "string", "the currency of the amount", unit="ISO 4217"),
        Column("amount", "decimal(18, 2)", "money given back, not negative", unit="currency"),
        Column("reason", "string", "why, in the source's words", nullable=True),
        SOURCE,
    ),
    kind="fact",
    source="returns at tills and online shops",
    checks=(CURRENCY,),
)

CONTRACTS = (ORDERS, ORDER_LINES, REFUNDS)
