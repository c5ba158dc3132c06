"""The cellar: what is computed from history, as Delta tables under declared contracts.

``Lake.transaction`` writes several tables as one commit; ``Lake.snapshot`` reads all tables as one
commit left them. Which Delta versions belong together is kept in the manifest. No Django here.
"""

from regulars.lake.snapshot import Snapshot
from regulars.lake.store import Lake, TableState
from regulars.lake.transaction import Transaction
from regulars.lake.upsert import UpsertCount
from regulars.lake.validation import ArrowRows

__all__ = ["ArrowRows", "Lake", "Snapshot", "TableState", "Transaction", "UpsertCount"]
