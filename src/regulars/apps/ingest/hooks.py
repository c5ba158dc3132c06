"""Where upper rooms plug into a load: whoever knows people registers a resolver.

Ingest does not know what a member is. It collects the identifiers a file names, asks the
registered resolver who they are, and lets it write into the load's own lake transaction, so that
new members and their facts become visible in one step.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import pyarrow as pa

from regulars.base.errors import ConfigurationError
from regulars.lake import Transaction

# One row per identifier of a person. Rows of one person share a row_id: that is what links a phone
# to a card. store_id is the person's most frequent store in the file; joined_at and channel are
# null unless the mapping declares them; so are name, birth_date and gender, which tell people with
# one phone apart and are the same on every row of a person.
IDENTIFIER_SCHEMA = pa.schema(
    [
        pa.field("row_id", pa.int64(), nullable=False),
        pa.field("kind", pa.string(), nullable=False),
        pa.field("value", pa.string(), nullable=False),
        pa.field("verified", pa.bool_(), nullable=False),
        pa.field("store_id", pa.string()),
        pa.field("joined_at", pa.timestamp("us", tz="UTC")),
        pa.field("channel", pa.string()),
        pa.field("name", pa.string()),
        pa.field("birth_date", pa.date32()),
        pa.field("gender", pa.string()),
    ]
)


@dataclass(frozen=True, slots=True)
class Resolution:
    """Who the rows are.

    member_of_row: (row_id int64, member_id string), one row per row_id that has a member.
    refused: (row_id int64, reason string): row_ids that must not become or touch a member.
    A row_id in neither belongs to nobody: its facts are loaded without a member.
    """

    member_of_row: pa.Table
    refused: pa.Table
    created: int
    merged: int
    reviews: int


class MemberResolver(Protocol):
    """What a room that knows people offers to a load."""

    def resolve(self, rows: pa.Table, source: str) -> Resolution:
        """Return the members of ``rows`` (IDENTIFIER_SCHEMA), creating and merging as needed.

        Set-based: called with the distinct people of a file, or with large portions of them.
        """
        ...

    def standing(self, members: pa.Array) -> pa.Array:
        """Return for each member id who stands for it now: itself, or whom it was merged into."""
        ...

    def publish(self, transaction: Transaction) -> None:
        """Write what resolving changed (new members, merges) into the load's lake transaction."""
        ...

    def publish_news(self, transaction: Transaction) -> None:
        """``publish``, but leave the facts of members who were merged to the next ``publish``.

        They lie in every month: to move them takes as long as a large load, which they would hide
        until then.
        """
        ...

    def merges_wait(self) -> bool:
        """Whether a ``publish`` has facts of merged members to move."""
        ...

    def announce(self, transaction: Transaction) -> None:
        """Write who is new, and leave what makes facts move to the next ``publish``.

        For a load that more loads follow: home stores are found, and facts of merged members moved,
        once at the end instead of with each file.
        """
        ...


_resolver: MemberResolver | None = None


def register_member_resolver(resolver: MemberResolver) -> None:
    """Make ``resolver`` the one that answers; the last one registered wins."""
    global _resolver  # noqa: PLW0603 — the place itself; set once, in AppConfig.ready
    _resolver = resolver


def member_resolver() -> MemberResolver:
    """Return the registered resolver; raise ``ConfigurationError`` when there is none."""
    if _resolver is None:
        raise ConfigurationError(
            "no room resolves members", fix="Add regulars.apps.members to INSTALLED_APPS"
        )
    return _resolver
