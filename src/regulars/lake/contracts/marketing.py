"""Campaigns, coupons, what was sent and what was redeemed, and shelf placements."""

from __future__ import annotations

from regulars.lake.contracts.shape import SOURCE, Column, Contract

CAMPAIGNS = Contract(
    name="campaigns",
    owner="ingest",
    grain="one campaign",
    key=("campaign_id",),
    columns=(
        Column("campaign_id", "string", "the campaign"),
        Column("name", "string", "what staff call it"),
        Column("kind", "string", "the source's type of campaign"),
        Column("starts_on", "date", "its first day", nullable=True),
        Column("ends_on", "date", "its last day", nullable=True),
        SOURCE,
    ),
    kind="dimension",
    source="campaign lists",
)

COUPONS = Contract(
    name="coupons",
    owner="ingest",
    grain="one product that one coupon of one campaign is valid for",
    key=("campaign_id", "coupon_id", "product_id"),
    columns=(
        Column("coupon_id", "string", "the coupon"),
        Column("campaign_id", "string", "the campaign that issued it"),
        Column("product_id", "string", "a product it is valid for"),
        SOURCE,
    ),
    kind="dimension",
    source="coupon lists",
)

SENDS = Contract(
    name="sends",
    owner="ingest",
    grain="one attempt of one campaign to reach one member",
    key=("send_id",),
    columns=(
        Column("send_id", "string", "the attempt"),
        Column("member_id", "string", "who was meant"),
        Column("campaign_id", "string", "for which campaign"),
        Column("channel", "string", "by mail, sms, app, wecom, …"),
        Column("sent_at", "timestamp('UTC')", "when it was sent", unit="UTC"),
        Column("business_date", "date", "the date of sent_at in the brand's zone"),
        SOURCE,
    ),
    kind="fact",
    source="campaign lists and message logs",
)

REDEMPTIONS = Contract(
    name="redemptions",
    owner="ingest",
    grain="one coupon redeemed once by one member",
    key=("redemption_id",),
    columns=(
        Column("redemption_id", "string", "the redemption"),
        Column("member_id", "string", "who redeemed"),
        Column("coupon_id", "string", "which coupon"),
        Column("campaign_id", "string", "of which campaign", nullable=True),
        Column("order_id", "string", "in which order", nullable=True),
        Column("redeemed_at", "timestamp('UTC')", "when it was redeemed", unit="UTC"),
        Column("business_date", "date", "the date of redeemed_at in the brand's zone"),
        Column("amount", "decimal(18, 2)", "what it was worth", unit="currency", nullable=True),
        SOURCE,
    ),
    kind="fact",
    source="coupon redemptions of the POS",
)

PLACEMENTS = Contract(
    name="placements",
    owner="ingest",
    grain="one product in one store in one week",
    key=("product_id", "store_id", "week"),
    columns=(
        Column("product_id", "string", "the product"),
        Column("store_id", "string", "the store"),
        Column("week", "int64", "the source's week number", unit="weeks"),
        Column("display", "string", "where in the store it was shown; '0' for its usual shelf"),
        Column("mailer", "string", "where in the weekly mailer it stood; '0' for not in it"),
        SOURCE,
    ),
    kind="fact",
    source="display and mailer plans",
)

CONTRACTS = (CAMPAIGNS, COUPONS, SENDS, REDEMPTIONS, PLACEMENTS)
