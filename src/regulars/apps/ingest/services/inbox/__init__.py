"""The inbox of posted orders: kept at once, in the lake a moment later.

``post_orders`` writes to the ledger and returns; ``land_posted`` carries everything that waits
into the lake as one bulk load through the ordinary pipeline. Between the two an order may be
corrected, and either process may die at any point: what was acknowledged is in the lake once.
"""

from __future__ import annotations

from regulars.apps.ingest.services.inbox.forgetting import forget_landed_orders
from regulars.apps.ingest.services.inbox.landing import land_posted
from regulars.apps.ingest.services.inbox.posting import post_orders, waiting_stores

__all__ = ["forget_landed_orders", "land_posted", "post_orders", "waiting_stores"]
