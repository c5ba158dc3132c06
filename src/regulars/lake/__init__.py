"""The cellar: what is computed from history, as Delta tables under declared contracts.

``Lake.transaction`` writes several tables as one commit; ``Lake.snapshot`` reads all tables as one
commit left them. Which Delta versions belong together is kept in the manifest. No Django here.
"""

from regulars.lake.snapshot import Snapshot
from regulars.lake.store import Lake, TableState
from regulars.lake.transaction import Transaction
from regulars.lake.validation import ArrowRows
from regulars.lake.writing.scouting import Scout
from regulars.lake.writing.upsert import UpsertCount

__all__ = ["ArrowRows", "Lake", "Scout", "Snapshot", "TableState", "Transaction", "UpsertCount"]
