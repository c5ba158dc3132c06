"""What producers in the workshop compute per member, as of a date."""

from __future__ import annotations

from regulars.lake.contracts import habits, risk
from regulars.lake.contracts.habits import KEY
from regulars.lake.contracts.shape import REVISION, Column, Contract

RFM = Contract(
    name="features/rfm",
    owner="science",
    grain="one member who bought in the window, as of one date",
    key=("member_id", "as_of", "revision"),
    columns=(
        *KEY,
        Column("last_order_date", "date", "business date of the last order in the window"),
        Column("recency_days", "int64", "as_of - last_order_date", unit="days"),
        Column("frequency", "int64", "orders in the window", unit="orders"),
        Column("monetary", "decimal(18, 2)", "net amount in the window", unit="currency"),
        Column("r_score", "int64", "1 to levels, higher is more recent", unit="score"),
        Column("f_score", "int64", "1 to levels, higher is more often", unit="score"),
        Column("m_score", "int64", "1 to levels, higher is more money", unit="score"),
        Column("rfm_group", "string", "one of the eight groups"),
        *REVISION,
    ),
    partition=("as_of",),
    kind="feature",
    source="science.rfm",
)

LIFECYCLE = Contract(
    name="features/lifecycle",
    owner="science",
    grain="one member as of one date",
    key=("member_id", "as_of", "revision"),
    columns=(
        *KEY,
        Column("lifecycle_stage", "string", "introduction, growth, mature, dormant or churned"),
        Column("entered_on", "date", "the day at whose end the stage began", nullable=True),
        Column("joined_on", "date", "when the member joined", nullable=True),
        Column("order_count", "int64", "orders over the whole life", unit="orders"),
        Column("first_order_date", "date", "business date of the first order", nullable=True),
        Column("last_order_date", "date", "business date of the last order", nullable=True),
        Column("growth_on", "date", "date of the order that reached growth", nullable=True),
        Column("mature_on", "date", "date of the order that reached mature", nullable=True),
        Column("returned_on", "date", "first order after the last dormant gap", nullable=True),
        *REVISION,
    ),
    partition=("as_of",),
    kind="feature",
    source="science.lifecycle",
)

CONTRACTS = (RFM, LIFECYCLE, *habits.CONTRACTS, *risk.CONTRACTS)
