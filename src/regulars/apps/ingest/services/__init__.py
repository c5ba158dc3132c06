"""Writes of the ingest room.

``load`` brings one source into the lake, ``load_set`` a folder of them; ``fix_and_replay`` and
``discard`` settle quarantined rows; ``reveal_row`` opens one for correction; ``close_dead_runs``
settles runs whose process is gone.
"""

from __future__ import annotations

from regulars.apps.ingest.services.loading import load
from regulars.apps.ingest.services.quarantine import discard, fix_and_replay, reveal_row
from regulars.apps.ingest.services.runs import close_dead_runs
from regulars.apps.ingest.services.sets import PlannedFile, load_set

__all__ = [
    "PlannedFile",
    "close_dead_runs",
    "discard",
    "fix_and_replay",
    "load",
    "load_set",
    "reveal_row",
]
