"""What members are worth and how they buy: features beside RFM and lifecycle."""

from __future__ import annotations

from regulars.lake.contracts.shape import REVISION, Column, Contract

KEY = (
    Column("member_id", "string", "the member"),
    Column("as_of", "date", "computed from every fact before this date begins"),
)
_MONEY = "decimal(18, 2)"

VALUE = Contract(
    name="features/value",
    owner="science",
    grain="one member who has ordered, as of one date",
    key=("member_id", "as_of", "revision"),
    columns=(
        *KEY,
        Column("first_order_date", "date", "business date of the first order"),
        Column("last_order_date", "date", "business date of the last order"),
        Column("frequency", "int64", "days with an order after the first such day", unit="days"),
        Column("repeat_amount", _MONEY, "net amount of those days", unit="currency"),
        Column("recency_weeks", "float64", "from the first order to the last", unit="weeks"),
        Column("age_weeks", "float64", "from the first order to the last day known", unit="weeks"),
        Column(
            "average_spend", _MONEY, "repeat_amount per such day", unit="currency", nullable=True
        ),
        Column("p_alive", "float64", "probability of not having left", nullable=True),
        Column(
            "p_purchase_30d", "float64", "probability of an order in 30 days", nullable=True
        ),
        Column(
            "expected_orders_90d", "float64", "orders to expect in 90 days", unit="orders",
            nullable=True,
        ),
        Column(
            "expected_orders_365d", "float64", "orders to expect in 365 days", unit="orders",
            nullable=True,
        ),
        Column(
            "expected_spend", _MONEY, "what one of these orders is worth", unit="currency",
            nullable=True,
        ),
        Column(
            "clv", _MONEY, "discounted value of the orders in 12 months", unit="currency",
            nullable=True,
        ),
        Column("clv_low", _MONEY, "where its interval begins", unit="currency", nullable=True),
        Column("clv_high", _MONEY, "where its interval ends", unit="currency", nullable=True),
        Column(
            "next_order_on", "date", "day by which an order has come with even odds",
            nullable=True,
        ),
        Column("value_band", "string", "high, medium or low clv", nullable=True),
        Column("model_version", "string", "the fit that says so", nullable=True),
        *REVISION,
    ),
    partition=("as_of",),
    kind="feature",
    source="science.value",
)  # fmt: skip

CONTRACTS = (VALUE,)
