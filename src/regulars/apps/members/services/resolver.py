"""What loads see of this room: the resolver they ask and let write into their commit."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from regulars.apps.ingest.hooks import Resolution
from regulars.apps.members.services.lake_side.declared import declare_into
from regulars.apps.members.services.lake_side.ledger_side import merged_members
from regulars.apps.members.services.lake_side.publishing import (
    announce_into,
    publish_into,
    publish_news_into,
    waiting_merges,
)
from regulars.apps.members.services.resolution.resolve import resolve
from regulars.apps.members.services.standing import canonical
from regulars.lake import Transaction


class LedgerResolver:
    """Resolves against the ledger and publishes into the load's lake transaction."""

    def resolve(self, rows: pa.Table, source: str) -> Resolution:
        """Return the members of the rows, creating and merging as needed."""
        return resolve(rows, source)

    def standing(self, members: pa.Array[Any]) -> pa.Array[Any]:
        """Return for each member id who stands for it now."""
        stands = canonical(merged_members())
        if not stands:
            return members
        place = pc.index_in(members, value_set=pa.array(stands.keys(), pa.string()))
        return pc.coalesce(pa.array(stands.values(), pa.string()).take(place), members)

    def publish(self, transaction: Transaction) -> None:
        """Write members, moved facts, home stores and profiles into the load's commit."""
        publish_into(transaction)
        declare_into(transaction)

    def publish_news(self, transaction: Transaction) -> None:
        """Write all of that but what merges move."""
        publish_news_into(transaction)
        declare_into(transaction)

    def merges_wait(self) -> bool:
        """Whether a merge waits for the next publishing."""
        return bool(waiting_merges())

    def announce(self, transaction: Transaction) -> None:
        """Write new and changed members; merges and home stores wait for the next publishing."""
        announce_into(transaction)
