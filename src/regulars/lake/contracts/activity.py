"""What people do besides buying: visits, carts, opinions."""

from __future__ import annotations

from regulars.lake.contracts.checks import MONTH
from regulars.lake.contracts.shape import SOURCE, Column, Contract

EVENTS = Contract(
    name="events",
    owner="ingest",
    grain="one thing one person did at one moment",
    key=("event_id",),
    columns=(
        Column("event_id", "string", "the event; unique over all sources"),
        Column("member_id", "string", "who did it; null for a visitor", nullable=True),
        Column("event", "string", "session_start, view, search, add_to_cart, checkout, order, …"),
        Column("channel", "string", "web, app, miniprogram, …"),
        Column("occurred_at", "timestamp('UTC')", "when it happened", unit="UTC"),
        Column("business_date", "date", "the date of occurred_at in the brand's zone"),
        Column("business_month", "string", "the month of business_date", unit="YYYY-MM"),
        Column("session_id", "string", "the visit it belongs to", nullable=True),
        Column("product_id", "string", "the product it is about", nullable=True),
        Column("quantity", "int64", "how many of it", unit="items", nullable=True),
        Column("order_id", "string", "the order it led to", nullable=True),
        SOURCE,
    ),
    partition=("business_month",),
    kind="fact",
    source="event collection of shops and apps",
    checks=(MONTH,),
)

FEEDBACK = Contract(
    name="feedback",
    owner="ingest",
    grain="one opinion one person gave",
    key=("feedback_id",),
    columns=(
        Column("feedback_id", "string", "the review or answer"),
        Column("member_id", "string", "whose opinion; null when unknown", nullable=True),
        Column("kind", "string", "review, survey, complaint, …"),
        Column("channel", "string", "where it was given"),
        Column("given_at", "timestamp('UTC')", "when it was given", unit="UTC"),
        Column("business_date", "date", "the date of given_at in the brand's zone"),
        Column("order_id", "string", "the order it is about", nullable=True),
        Column("product_id", "string", "the product it is about", nullable=True),
        Column("rating", "int64", "1 (worst) to 5 (best)", unit="stars", nullable=True),
        Column("text", "string", "what was written", nullable=True),
        SOURCE,
    ),
    kind="fact",
    source="reviews and surveys",
)

CONTRACTS = (EVENTS, FEEDBACK)
