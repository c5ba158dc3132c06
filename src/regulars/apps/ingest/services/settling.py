"""After loads: the lake follows the merges they led to, in a commit of its own.

A load's rows are seen when they are there. What a merge moves lies in any month, and is moved when
nothing waits for it: after a load, a set, a landing or a replay. Should that fail, or the process
end, the merges stay noted in the ledger, and whoever publishes next moves them.
"""

from __future__ import annotations

from django.conf import settings

from regulars.apps.ingest.hooks import member_resolver
from regulars.apps.ingest.services.faults import translated
from regulars.lake import Lake

_WAIT_SECONDS = 600


def settle() -> None:
    """Let the lake follow everything it has not followed yet, in one commit.

    Raises:
        LakeError: The lake cannot be written. What was loaded before is loaded.
    """
    lake = Lake(settings.REGULARS_LAKE)
    with translated(), lake.transaction(wait_seconds=_WAIT_SECONDS, note="settle") as writing:
        member_resolver().publish(writing)


def settle_merges() -> None:
    """``settle`` if a merge waits; to ask costs two small look-ups."""
    if member_resolver().merges_wait():
        settle()
