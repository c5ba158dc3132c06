"""Reading: all tables at the versions of one commit."""

from __future__ import annotations

import os
import threading
from collections.abc import Collection, Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

import ibis.expr.types as ir
import pyarrow as pa
from ibis.backends.duckdb import Backend

from regulars.base.errors import ContractError
from regulars.lake.contracts import contract
from regulars.lake.engine import Engine, Readable
from regulars.lake.recovery import needs_adoption, recovered
from regulars.lake.storage.lock import write_lock
from regulars.lake.storage.manifest import Manifest, read_manifest
from regulars.lake.storage.sql import names, quoted, text

_ADOPTION_WAIT_SECONDS = 60.0
_NOTHING = Manifest()


class Snapshot:
    """All tables as one commit left them, for one thread.

    Expressions made from it stay at its versions, also after later commits; the files stay until
    a vacuum deletes them. Use it in a ``with`` block and keep none of its expressions for days.
    """

    def __init__(self, engine: Engine, manifest: Manifest) -> None:
        self._engine = engine
        self.manifest = manifest
        self._tables: dict[str, ir.Table] = {}
        self.connection: Backend = engine.backend()

    @property
    def sequence(self) -> int:
        """The number of the commit; 0 for a lake that was never written."""
        return self.manifest.sequence

    @property
    def versions(self) -> Mapping[str, int]:
        """Each table's Delta version."""
        return dict(self.manifest.tables)

    def has(self, name: str) -> bool:
        """Whether the table was ever written."""
        return name in self.manifest.tables

    def table(self, name: str) -> ir.Table:
        """Return the table with its contract's columns and types; empty when never written.

        Raises:
            UnknownTableError: No contract has that name.
        """
        known = self._tables.get(name)
        if known is None:
            known = self._tables[name] = self._engine.table(self.connection, name)
        return known

    def rows(self, name: str, *columns: str) -> pa.Table:
        """Return these columns of a whole small table; to compile an expression costs far more.

        Raises:
            UnknownTableError: No contract has that name.
        """
        schema = self._engine.declared(name).arrow_schema
        self._engine.ensure_view(name)
        found = self.connection.con.execute(f"SELECT {names(columns)} FROM {quoted(name)}")
        return found.to_arrow_table().cast(pa.schema([schema.field(one) for one in columns]))

    def rows_of(self, name: str, member_ids: Collection[str]) -> pa.Table:
        """Return all columns of the rows of a few members; to compile an expression costs more.

        Raises:
            UnknownTableError: No contract has that name.
        """
        shown = self._engine.declared(name).shown_schema
        self._engine.ensure_view(name)
        wanted = ", ".join(map(text, member_ids)) or "NULL"
        found = self.connection.con.execute(
            f"SELECT {names(shown)} FROM {quoted(name)} WHERE member_id IN ({wanted})"
        )
        return found.to_arrow_table().cast(shown.to_pyarrow())

    def columns(self, name: str) -> Mapping[str, str]:
        """Return the names and Ibis types of the table's columns, also of an open table."""
        return {column.name: column.type for column in self._engine.declared(name).columns}

    def readable(self, name: str, partition: Mapping[str, object] | None = None) -> Readable:
        """Return what shows the table's rows to another engine; see ``locked_room``.

        Of one ``partition``, such as ``{"as_of": date(…)}``, it is planned sooner than a condition
        on the whole table, and without paths where there is no such partition.
        """
        if partition is None:
            return self._engine.readable(name)
        place = tuple(str(partition[column]) for column in contract(name).partition)
        return self._engine.readable(name, place)

    def changed_members(self, since: int) -> ir.Table:
        """Return ``member_id`` of members whose facts changed in commits after ``since``."""
        changes = self.table("member_changes")
        return changes.filter(changes.sequence > since).select("member_id").distinct()

    def revised_members(self, name: str, since: int) -> pa.Table:
        """Return ``member_id`` of members whose feature rows commits after ``since`` wrote.

        Of every date the table holds, and whether the row still holds or says they are gone.

        Raises:
            ContractError: The table's rows are not revised.
            UnknownTableError: No contract has that name.
        """
        if "revision" not in contract(name).column_names:
            raise ContractError("its rows have no revision", where=f"contract {name}")
        later = f"FROM ({self._engine.every_row(name)}) WHERE revision > {since:d}"
        found = self.connection.con.execute(f"SELECT DISTINCT member_id {later}")
        return found.to_arrow_table()

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
    return snapshot_of(root, read_manifest(root) or _without_manifest(root))


def snapshot_of(root: Path, manifest: Manifest) -> Snapshot:
    """Return the thread's snapshot of that commit, which is the newest one."""
    place = (root, threading.get_ident())
    with _CACHE.lock:
        known = _CACHE.snapshots.get(place)
        if known is None or known.manifest != manifest:
            known = _CACHE.snapshots[place] = Snapshot(_CACHE.engine(root, manifest), manifest)
        return known


def _without_manifest(root: Path) -> Manifest:
    if not needs_adoption(root):
        return _NOTHING
    with write_lock(root, wait_seconds=_ADOPTION_WAIT_SECONDS):
        return recovered(root)


class _Cache:
    """The newest commit's engine of each lake, and each thread's snapshot of it.

    Older ones leave when a newer commit is first seen, by whichever thread: an idle thread must
    not hold on to memory. They live on for as long as somebody still uses an expression of theirs.
    """

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.snapshots: dict[tuple[Path, int], Snapshot] = {}
        self._engines: dict[Path, tuple[Manifest, Engine]] = {}

    def engine(self, root: Path, manifest: Manifest) -> Engine:
        known = self._engines.get(root)
        if known is not None and known[0] == manifest:
            return known[1]
        for place in [place for place in self.snapshots if place[0] == root]:
            del self.snapshots[place]
        engine = Engine(root, manifest.tables)
        self._engines[root] = (manifest, engine)
        return engine


def _after_fork() -> None:
    # DuckDB's threads do not survive a fork: the child opens its own, and closes none of these.
    global _CACHE  # noqa: PLW0603 nothing else may reach the parent's engines
    _FORKED.append(_CACHE)
    _CACHE = _Cache()


_CACHE = _Cache()
_FORKED: list[_Cache] = []
os.register_at_fork(after_in_child=_after_fork)
