"""Where the digests lie and how their files are called."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings

BOARD = "board.parquet"
DRAFT = "draft_"
GROUP_ROWS = 61_440


def digests_folder() -> Path:
    """Return the folder of all digests."""
    return Path(settings.REGULARS_HOME) / "digests"
