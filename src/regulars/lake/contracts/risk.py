"""Who may not come back: what a churn model reads of members, and what it says."""

from __future__ import annotations

from regulars.lake.contracts.habits import KEY
from regulars.lake.contracts.shape import REVISION, Column, Contract

_MONEY = "decimal(18, 2)"


def _may_be(name: str, type_: str, meaning: str, unit: str = "") -> Column:
    return Column(name, type_, meaning, unit=unit, nullable=True)


_MEASURED = (
    Column("orders", "int64", "orders so far", unit="orders"),
    Column("sales", _MONEY, "net amount of all orders", unit="currency"),
    Column("listed", _MONEY, "list price of all orders", unit="currency"),
    Column("discounts", _MONEY, "what the retailer took off", unit="currency"),
    Column("coupon_orders", "int64", "orders with a coupon", unit="orders"),
    Column("channels", "int64", "channels bought in", unit="channels"),
    Column("online_orders", "int64", "orders outside shops", unit="orders"),
    Column("order_days", "int64", "days with an order", unit="days"),
    Column("first_order_date", "date", "business date of the first order"),
    Column("last_order_date", "date", "business date of the last order"),
    _may_be("second_last_order_date", "date", "the day with an order before the last one"),
    _may_be("third_last_order_date", "date", "the third-last day with an order"),
    _may_be("sixth_last_order_date", "date", "the sixth-last day with an order"),
    Column("last_amount", _MONEY, "net amount of the last day with an order", unit="currency"),
    Column("refunded", _MONEY, "money given back", unit="currency"),
    Column("visit_days", "int64", "days with a visit online", unit="days"),
    Column("carts", "int64", "items put into carts", unit="items"),
    _may_be("last_visit_date", "date", "the last day with a visit online"),
    _may_be("third_last_visit_date", "date", "the third-last day with a visit online"),
    Column("sends", "int64", "messages sent", unit="messages"),
    Column("redemptions", "int64", "coupons redeemed", unit="coupons"),
)
_FIELDS = (
    Column("recency_days", "int64", "days since the last order", unit="days"),
    _may_be("overdue", "float64", "time since the last order ÷ usual interval"),
    _may_be("interval_days", "float64", "usual days between orders", "days"),
    Column("age_days", "int64", "days since the first order", unit="days"),
    _may_be("second_order_days", "int64", "days since the order before the last", "days"),
    _may_be("third_order_days", "int64", "days since the third-last order", "days"),
    _may_be("sixth_order_days", "int64", "days since the sixth-last order", "days"),
    _may_be("trend", "float64", "latest interval ÷ usual interval"),
    _may_be("order_value", _MONEY, "net amount per order", "currency"),
    _may_be("last_value_ratio", "float64", "last order ÷ usual order"),
    _may_be("discount_share", "float64", "share of the list price spared"),
    _may_be("coupon_share", "float64", "share of orders with a coupon"),
    _may_be("online_share", "float64", "share of orders online"),
    _may_be("refund_share", "float64", "share of the money given back"),
    _may_be("visit_recency_days", "int64", "days since the last visit online", "days"),
    _may_be("third_visit_days", "int64", "days since the third-last visit online", "days"),
    _may_be("carts_per_visit_day", "float64", "items put into carts per day with a visit"),
    _may_be("answered_share", "float64", "share of messages answered with a coupon"),
)
_SAID = (
    _may_be("p_churn", "float64", "probability of no order in the next 90 days"),
    _may_be("churn_band", "string", "high, medium or low p_churn"),
    _may_be("churn_reasons", "string", "fields that raise (+) or lower (-) it, strongest first"),
    _may_be("model_version", "string", "the fit that says so"),
)

CHURN = Contract(
    name="features/churn",
    owner="science",
    grain="one member who ordered in the 180 days before one date",
    key=("member_id", "as_of", "revision"),
    columns=(*KEY, *_MEASURED, *_FIELDS, *_SAID, *REVISION),
    partition=("as_of",),
    kind="feature",
    source="science.learned.churn",
)

CONTRACTS = (CHURN,)
