"""What is noticed of members as time passes: changes of stage, and lines they cross."""

from __future__ import annotations

from regulars.lake.contracts.checks import MONTH
from regulars.lake.contracts.shape import Column, Contract

LIFECYCLE_TRANSITIONS = Contract(
    name="lifecycle_transitions",
    owner="science",
    grain="one member who changed the lifecycle stage on one day",
    key=("member_id", "business_date"),
    columns=(
        Column("member_id", "string", "the member"),
        Column("business_date", "date", "the day at whose end the stage began"),
        Column("business_month", "string", "the month of business_date", unit="YYYY-MM"),
        Column("from_stage", "string", "the stage before; absent: was not a member yet"),
        Column("to_stage", "string", "introduction, growth, mature, dormant or churned"),
    ),
    partition=("business_month",),
    kind="log",
    source="science.monitors",
    checks=(MONTH,),
)

ALERTS = Contract(
    name="alerts",
    owner="science",
    grain="one member who crossed one line between two dates with features",
    key=("member_id", "monitor", "as_of"),
    columns=(
        Column("member_id", "string", "the member"),
        Column(
            "monitor", "string", "the line: rfm_group, value_band, lifecycle_stage, churn_risk, …"
        ),
        Column("direction", "string", "down or up"),
        Column("since", "date", "the date the features were compared with"),
        Column("as_of", "date", "the date whose features showed it"),
        Column("before", "string", "where the member stood at since"),
        Column("after", "string", "where the member stands at as_of"),
        Column("rfm_group", "string", "the value group that the play is for", nullable=True),
        Column("play", "string", "the play suggested first", nullable=True),
        Column("raised_at", "timestamp('UTC')", "when it was noticed", unit="UTC"),
    ),
    kind="log",
    source="science.monitors",
)

CONTRACTS = (LIFECYCLE_TRANSITIONS, ALERTS)
