"""Telling whether tables are still as they were when something was made of them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

from regulars.lake.snapshot import Snapshot
from regulars.lake.storage import delta


def stamp(snapshot: Snapshot, root: Path, tables: Iterable[str]) -> str:
    """Return 16 hex digits that change whenever one of the tables does, or is made anew.

    A table counts with every table stored below its folder.
    """
    wanted = tuple(tables)
    held = sorted(
        (name, version, delta.commit_stamp(root / name, version))
        for name, version in snapshot.versions.items()
        if any(name == one or name.startswith(f"{one}/") for one in wanted)
    )
    return hashlib.sha256(repr(held).encode()).hexdigest()[:16]
