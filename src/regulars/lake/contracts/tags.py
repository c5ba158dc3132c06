"""Tags of members: what they are now, what they were, and what people and other systems said."""

from __future__ import annotations

from regulars.lake.contracts.shape import REVISION, Column, Contract

TAGS = Contract(
    name="tags",
    owner="tags",
    grain="one member with the value of every tag; a column per tag, called by its code",
    key=("member_id", "revision"),
    columns=(
        Column("member_id", "string", "the member"),
        Column("as_of", "date", "computed from every fact before this date begins"),
        *REVISION,
    ),
    kind="tag",
    open_columns=True,
    source="apps.tags",
)

TAG_HISTORY = Contract(
    name="tag_history",
    owner="tags",
    grain="one value that one member had of one tag until a date; what holds now is in tags",
    key=("member_id", "tag", "until"),
    columns=(
        Column("member_id", "string", "the member"),
        Column("tag", "string", "the tag's code"),
        Column("value", "string", "the value they had, as text; null for none", nullable=True),
        Column("until", "date", "the first as_of at which they no longer had it"),
        Column("until_month", "string", "the month of until", unit="YYYY-MM"),
    ),
    partition=("until_month",),
    kind="log",
    source="written with every refresh of the tags",
)

TAG_ASSIGNMENTS = Contract(
    name="tag_assignments",
    owner="tags",
    grain="one tag given to, or taken from, one member by hand or by another system",
    key=("assignment_id",),
    columns=(
        Column("assignment_id", "string", "the assignment; of one member and tag the last holds"),
        Column("member_id", "string", "the member"),
        Column("tag", "string", "the tag's code"),
        Column("value", "string", "the value as text; null takes the tag away", nullable=True),
        Column("provenance", "string", "who said so: hand:<user name> or external:<system>"),
        Column("assigned_at", "timestamp('UTC')", "when they said so", unit="UTC"),
    ),
    kind="fact",
    source="the console, CSV files and the API",
)

CONTRACTS = (TAGS, TAG_HISTORY, TAG_ASSIGNMENTS)
