"""Reading: all tables at the versions of one commit."""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

import ibis.expr.types as ir
from ibis.backends.duckdb import Backend

from regulars.lake.engine import Engine
from regulars.lake.recovery import needs_adoption, recovered
from regulars.lake.storage.lock import write_lock
from regulars.lake.storage.manifest import Manifest, read_manifest

_ADOPTION_WAIT_SECONDS = 60.0
_NOTHING = Manifest()


class Snapshot:
    """All tables as one commit left them, for one thread.

    Expressions made from it stay at its versions, also after later commits; the files stay until
    a vacuum deletes them. Use it in a ``with`` block and keep none of its expressions for days.
    """

    def __init__(self, engine: Engine, manifest: Manifest) -> None:
        self._engine = engine
        self._manifest = manifest
        self._tables: dict[str, ir.Table] = {}
        self.connection: Backend = engine.backend()

    @property
    def sequence(self) -> int:
        """The number of the commit; 0 for a lake that was never written."""
        return self._manifest.sequence

    @property
    def versions(self) -> Mapping[str, int]:
        """Each table's Delta version."""
        return dict(self._manifest.tables)

    def has(self, name: str) -> bool:
        """Whether the table was ever written."""
        return name in self._manifest.tables

    def table(self, name: str) -> ir.Table:
        """Return the table with its contract's columns and types; empty when never written.

        Raises:
            UnknownTableError: No contract has that name.
        """
        known = self._tables.get(name)
        if known is None:
            known = self._tables[name] = self._engine.table(self.connection, name)
        return known

    def changed_members(self, since: int) -> ir.Table:
        """Return ``member_id`` of members whose facts changed in commits after ``since``."""
        changes = self.table("member_changes")
        return changes.filter(changes.sequence > since).select("member_id").distinct()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Leave the snapshot in the thread's cache: the next one may be of the same commit."""


def current_snapshot(root: Path) -> Snapshot:
    """Return the thread's snapshot of the newest commit; the same one while nothing changes."""
    manifest = read_manifest(root) or _without_manifest(root)
    mine: dict[Path, Snapshot] = _THREAD.__dict__.setdefault("snapshots", {})
    known = mine.get(root)
    if known is None or known._manifest != manifest:  # noqa: SLF001 its own module
        known = mine[root] = Snapshot(_engine(root, manifest), manifest)
    return known


def _without_manifest(root: Path) -> Manifest:
    if not needs_adoption(root):
        return _NOTHING
    with write_lock(root, wait_seconds=_ADOPTION_WAIT_SECONDS):
        return recovered(root)


def _engine(root: Path, manifest: Manifest) -> Engine:
    # Older engines live on for as long as somebody's expression refers to them.
    with _ENGINES_LOCK:
        known = _ENGINES.get(root)
        if known is None or known[0] != manifest:
            known = _ENGINES[root] = (manifest, Engine(root, manifest.tables))
        return known[1]


def _after_fork() -> None:
    # DuckDB's threads do not survive a fork: the child opens its own.
    global _THREAD, _ENGINES_LOCK  # noqa: PLW0603 nothing else may keep the parent's engines
    _THREAD = threading.local()
    _ENGINES_LOCK = threading.Lock()
    _FORKED.append(dict(_ENGINES))
    _ENGINES.clear()


_THREAD = threading.local()
_ENGINES: dict[Path, tuple[Manifest, Engine]] = {}
_ENGINES_LOCK = threading.Lock()
# A parent's engines must not be closed by the child: they are kept, unused.
_FORKED: list[dict[Path, tuple[Manifest, Engine]]] = []
os.register_at_fork(after_in_child=_after_fork)
