"""What members are worth, how they buy and what they prefer: features beside RFM and lifecycle."""

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

CYCLE = Contract(
    name="features/cycle",
    owner="science",
    grain="one member who has ordered, as of one date",
    key=("member_id", "as_of", "revision"),
    columns=(
        *KEY,
        Column("first_order_date", "date", "business date of the first order"),
        Column("last_order_date", "date", "business date of the last order"),
        Column("order_days", "int64", "days with an order", unit="days"),
        Column(
            "interval_median_days", "float64", "median from such a day to the next", unit="days",
            nullable=True,
        ),
        Column(
            "interval_mean_days", "float64", "mean from such a day to the next", unit="days",
            nullable=True,
        ),
        Column("active_weekday", "int64", "weekday with most such days, 1 is Monday"),
        Column(
            "active_hours", "string", "night, morning, afternoon or evening: when most orders came",
            nullable=True,
        ),
        Column(
            "due_on", "date", "last order plus the median interval, from two intervals on",
            nullable=True,
        ),
        Column(
            "overdue_days", "int64", "how long due_on has passed", unit="days", nullable=True
        ),
        *REVISION,
    ),
    partition=("as_of",),
    kind="feature",
    source="science.profile.habits",
)  # fmt: skip

STRATA = Contract(
    name="features/strata",
    owner="science",
    grain="one member who bought in 365 days, as of one date",
    key=("member_id", "as_of", "revision"),
    columns=(
        *KEY,
        Column("monetary", _MONEY, "net amount of the 365 days", unit="currency"),
        Column("stratum", "string", "key, main, ordinary or long_tail"),
        *REVISION,
    ),
    partition=("as_of",),
    kind="feature",
    source="science.strata",
)

_PREFERRED = {
    "product": ("string", "the product"),
    "department": ("string", "the department"),
    "category": ("string", "the category"),
    "brand": ("string", "the brand"),
    "channel": ("string", "the channel"),
    "store": ("string", "the store"),
    "hour": ("int64", "the hour of the shop's day, 0 to 23,"),
    "weekday": ("int64", "the weekday, 1 is Monday,"),
}

PREFERENCES = Contract(
    name="features/preferences",
    owner="science",
    grain="one member who bought in 365 days, as of one date",
    key=("member_id", "as_of", "revision"),
    columns=(
        *KEY,
        *(
            column
            for name, (type_, what) in _PREFERRED.items()
            for column in (
                Column(
                    f"preferred_{name}", type_, f"{what} chosen more than others do", nullable=True
                ),
                Column(
                    f"{name}_share", "float64", f"share of own choices of that {name}",
                    nullable=True,
                ),
                Column(
                    f"{name}_index", "float64",
                    f"index (TGI) of that {name}: own share ÷ everybody's × 100, drawn to 100",
                    nullable=True,
                ),
            )
        ),
        Column("model_version", "string", "everybody's shares that it is compared with",
               nullable=True),
        *REVISION,
    ),
    partition=("as_of",),
    kind="feature",
    source="science.profile.preferences",
)  # fmt: skip

PRICE_SENSITIVITY = Contract(
    name="features/price_sensitivity",
    owner="science",
    grain="one member who could take or leave an offer, as of one date",
    key=("member_id", "as_of", "revision"),
    columns=(
        *KEY,
        Column(
            "price_slope",
            "float64",
            "by how many percent the odds of a brand rise when its price falls by one",
        ),
        Column("price_slope_se", "float64", "standard error of price_slope"),
        Column("price_choices", "int64", "lines bought while there was an offer", unit="lines"),
        Column("discount_taken", "float64", "mean discount of these lines"),
        Column("discount_expected", "float64", "the same, had everybody chosen there and then"),
        Column("price_band", "string", "high, medium, low or unknown price sensitivity"),
        Column("price_reason", "string", "takes_more, takes_less, as_most or few_choices"),
        Column("model_version", "string", "the fit that says so"),
        *REVISION,
    ),
    partition=("as_of",),
    kind="feature",
    source="science.learned.price_sensitivity",
)

CONTRACTS = (VALUE, CYCLE, STRATA, PREFERENCES, PRICE_SENSITIVITY)
