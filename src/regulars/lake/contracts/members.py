"""Members as the lake knows them: a random id and no direct identifier."""

from __future__ import annotations

from regulars.lake.contracts.shape import SOURCE, Column, Contract

MEMBERS = Contract(
    name="members",
    owner="members",
    grain="one member",
    key=("member_id",),
    columns=(
        Column("member_id", "string", "the member, for life"),
        Column("home_store_id", "string", "the store that looks after them", nullable=True),
        Column("guide_id", "string", "the guide who looks after them", nullable=True),
        Column("joined_at", "timestamp('UTC')", "when they joined", unit="UTC", nullable=True),
        Column("joined_on", "date", "the date of joined_at in the brand's zone", nullable=True),
        Column("joined_channel", "string", "the channel they joined through", nullable=True),
        Column("gender", "string", "female, male or other", nullable=True),
        Column("birth_date", "date", "their birthday", nullable=True),
        SOURCE,
    ),
    kind="dimension",
    source="identity resolution and member lists",
)

MEMBER_ATTRIBUTES = Contract(
    name="member_attributes",
    owner="members",
    grain="one declared attribute of one member",
    key=("member_id", "name"),
    columns=(
        Column("member_id", "string", "the member"),
        Column("name", "string", "the attribute"),
        Column("value", "string", "its value as text"),
        SOURCE,
        Column("updated_at", "timestamp('UTC')", "when the source said so", unit="UTC"),
    ),
    kind="dimension",
    source="member lists and surveys",
)

CONTRACTS = (MEMBERS, MEMBER_ATTRIBUTES)
