"""Notice every commit of the lake before the next answer, and what it changed.

A request costs one look at the manifest file's entry. Only after a commit is the manifest read,
and the members whose rows changed are asked for; everything else that is kept stays true.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from threading import RLock
from typing import TYPE_CHECKING

from django.conf import settings

from regulars.apps.accounts.queries import scoped
from regulars.apps.accounts.types import DataScope
from regulars.lake import Lake
from regulars.lake.storage.manifest import FILE_NAME

if TYPE_CHECKING:
    from regulars.lake import Snapshot
    from regulars.lake.storage.manifest import Manifest

CHANGED_MAX = 5_000
_FACTS = frozenset({"members", "member_attributes", "orders", "order_lines"})
Mark = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Change:
    """What one or more commits changed: tables, and members; ``members`` None: nobody knows."""

    tables: frozenset[str]
    members: frozenset[str] | None


@dataclass(slots=True)
class _Seen:
    mark: Mark | None = None
    manifest: Manifest | None = None
    noted: int = 0


@dataclass(slots=True)
class _Watch:
    file: str
    seen: _Seen = field(default_factory=_Seen)
    lock: RLock = field(default_factory=RLock)
    number: int = 0


_listeners: list[Callable[[Path, Change], None]] = []


def on_change(listener: Callable[[Path, Change], None]) -> None:
    """Tell ``listener`` of every change, before any answer that knows of it is given."""
    _listeners.append(listener)


@cache
def lake_at(root: Path) -> Lake:
    """Return the lake in the folder; one object per process."""
    return Lake(root)


def current() -> tuple[Path, int]:
    """Return the lake's folder and a number that grows with every commit noticed."""
    root: Path = settings.REGULARS_LAKE
    watch = _watch(root)
    mark = _mark(watch)
    if mark == watch.seen.mark:
        return root, watch.number
    with watch.lock:
        if mark != watch.seen.mark:
            _notice(root, watch, mark)
        return root, watch.number


def is_current(root: Path, number: int) -> bool:
    """Whether no commit was noticed since ``number``: what was read then may be kept."""
    return _watch(root).number == number


@cache
def _watch(root: Path) -> _Watch:
    return _Watch(str(root / FILE_NAME))


def _mark(watch: _Watch) -> Mark | None:
    try:
        entry = os.stat(watch.file)  # noqa: PTH116 — a path object costs more than the look
    except FileNotFoundError:
        return None
    return entry.st_ino, entry.st_mtime_ns, entry.st_size


def _notice(root: Path, watch: _Watch, mark: Mark | None) -> None:
    with lake_at(root).snapshot() as snapshot:
        before, manifest = watch.seen.manifest, snapshot.manifest
        noted, change = _difference(snapshot, before, watch.seen.noted)
    # The number moves first: what is being read meanwhile is then not kept.
    watch.number += 1
    if before is not None:
        for listener in _listeners:
            listener(root, change)
    watch.seen = _Seen(mark, manifest, noted)


def _difference(snapshot: Snapshot, before: Manifest | None, noted: int) -> tuple[int, Change]:
    """Return how many changes of members the lake has noted, and what changed since ``before``."""
    lake = scoped(snapshot, DataScope("hq"))
    changes = lake.table("member_changes")
    total = int(changes.count().to_pyarrow().as_py())
    after = snapshot.manifest
    if before is None or after.sequence < before.sequence:
        return total, Change(frozenset(after.tables), None)
    tables = frozenset(
        name
        for name in {*after.tables, *before.tables}
        if after.tables.get(name) != before.tables.get(name)
    )
    if after.sequence == before.sequence and after.commit_id != before.commit_id:
        return total, Change(frozenset(after.tables), None)
    new = changes.filter(changes["sequence"] > before.sequence).select("member_id")
    members = new.limit(CHANGED_MAX + 1).to_pyarrow()["member_id"].to_pylist()
    # An erasure takes the member's notes along: then they do not add up, or nobody is named.
    explained = total == noted + len(members) and (members or not tables & _FACTS)
    if len(members) > CHANGED_MAX or not explained:
        return total, Change(tables, None)
    return total, Change(tables, frozenset(members))
