"""The query engine over one set of table versions: DuckDB, in process and in memory.

Queries are written in Ibis or SQL against views named like the tables, so another engine takes
this file's place without changing a query. One engine belongs to one commit of the lake: its views
never change. Threads share its memory limit and each talks to it through a cursor of its own.
"""

from __future__ import annotations

import itertools
import os
import shutil
import threading
import weakref
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import duckdb
import ibis
import ibis.expr.operations as ops
import ibis.expr.types as ir
from ibis.backends.duckdb import Backend

from regulars.base import environment
from regulars.lake.contracts import Contract, contract
from regulars.lake.storage import delta
from regulars.lake.storage.delta import Files
from regulars.lake.storage.revisions import holding_rows
from regulars.lake.storage.sql import names, quoted, rows_of

_NUMBERS = itertools.count()
_PREFIX = "lake-"
NO_FILES = Files((), {})


@dataclass(frozen=True, slots=True)
class Readable:
    """SQL for a table's rows, their columns, and the files that it reads."""

    query: str
    columns: tuple[str, ...]
    paths: tuple[Path, ...]


class Engine:
    """DuckDB with one view per table of one set of versions."""

    def __init__(
        self, root: Path, versions: Mapping[str, int], *, for_writing: bool = False
    ) -> None:
        self._root = root
        self._versions = versions
        self._views: set[str] = set()
        self._lock = threading.Lock()
        self._spill = staging_folder(root)
        with suppress(OSError):  # who may only read spills nothing
            # DuckDB makes the folder itself, but none above it.
            self._spill.parent.mkdir(parents=True, exist_ok=True)
        self._duckdb = duckdb.connect(
            ":memory:",
            config={
                "memory_limit": _writing_memory() if for_writing else _reading_memory(),
                "temp_directory": str(self._spill),
                "autoinstall_known_extensions": False,
                "autoload_known_extensions": False,
                "preserve_insertion_order": False,
            },
        )
        # A look-up of one member opens a file per month: reading two years of footers costs as much
        # as the member's rows. A writer lives as long as its process and reads every file once: it
        # would only collect what it never needs again.
        keeps = str(not for_writing).lower()
        self._duckdb.execute(f"SET GLOBAL parquet_metadata_cache = {keeps}")
        self._duckdb.execute(f"SET GLOBAL enable_external_file_cache = {keeps}")
        weakref.finalize(self, _remove, self._spill, os.getpid())

    def cursor(self) -> duckdb.DuckDBPyConnection:
        """Return a connection for one thread; times are UTC."""
        cursor = self._duckdb.cursor()
        cursor.execute("SET TimeZone = 'UTC'")
        return cursor

    def backend(self) -> Backend:
        """Return an Ibis backend for one thread."""
        return ibis.duckdb.from_connection(self.cursor())

    def table(self, backend: Backend, name: str) -> ir.Table:
        """Return the table as the contract declares it; an empty one when it has no rows yet."""
        self.ensure_view(name)
        shown = self.declared(name).shown_schema
        return ops.DatabaseTable(name=name, schema=shown, source=backend).to_expr()

    def declared(self, name: str) -> Contract:
        """Return the contract, of an open table with the columns that this version has."""
        known = contract(name)
        return known.with_columns(self._files(name).columns) if known.open_columns else known

    def ensure_view(self, name: str) -> None:
        """Make the table's view if this engine has none yet."""
        with self._lock:
            if name in self._views:
                return
            query = self.readable(name).query
            with self._duckdb.cursor() as cursor, delta.translated(self._root / name):
                cursor.execute(f"CREATE VIEW {quoted(name)} AS {query}")
            self._views.add(name)

    def readable(self, name: str, partition: tuple[str, ...] | None = None) -> Readable:
        """Return what shows the table's rows, or one partition's, to an engine of whatever kind."""
        declared, files = self.declared(name), self._files(name)
        data = [file for file in files.data if partition in {None, file.partition}]
        held = holding_rows(declared, data, files.columns)
        shown = declared.shown_names
        query = f"SELECT {names(shown)} FROM ({held})"
        return Readable(query, shown, tuple(file.path for file in data))

    def _files(self, name: str) -> Files:
        version = self._versions.get(name)
        return held_files(self._root, name, version) if version is not None else NO_FILES

    def every_row(self, name: str) -> str:
        """Return a query for all rows of the table's files, those that were replaced among them."""
        version = self._versions.get(name)
        files = held_files(self._root, name, version) if version is not None else NO_FILES
        return rows_of(contract(name), files.data, files.columns)


def _reading_memory() -> str:
    return environment.text("REGULARS_LAKE_MEMORY", "2GB")


def _writing_memory() -> str:
    return environment.text("REGULARS_LAKE_WRITE_MEMORY", "1GB")


def held_files(root: Path, name: str, version: int) -> Files:
    """Return the files of one version of a table; a commit never changes, so it is kept."""
    key = (root / name, version, delta.commit_stamp(root / name, version))
    with _FILES_LOCK:
        known = _FILES.get(key)
    if known is None:
        known = delta.files_of(root / name, version)
        _keep_files(key, known)
    return known


def remember_files(root: Path, name: str, version: int, files: Files) -> None:
    """Keep the files of a version that this process has just written: it need not read them."""
    _keep_files((root / name, version, delta.commit_stamp(root / name, version)), files)


def _keep_files(key: tuple[Path, int, tuple[int, int]], files: Files) -> None:
    with _FILES_LOCK:
        # Enough for every table of a few commits; the oldest entry goes first.
        while len(_FILES) >= _FILES_MAX:
            _FILES.pop(next(iter(_FILES)))
        _FILES[key] = files


_FILES: dict[tuple[Path, int, tuple[int, int]], Files] = {}
_FILES_LOCK = threading.Lock()
_FILES_MAX = 256


def staging_folder(root: Path) -> Path:
    """Return a new folder's path for this process's passing files; the caller makes it."""
    return root.parent / "staging" / f"{_PREFIX}{os.getpid()}-{next(_NUMBERS)}"


def sweep_staging(root: Path) -> None:
    """Remove passing files that dead processes left."""
    for folder in (root.parent / "staging").glob(f"{_PREFIX}*"):
        process = int(folder.name.removeprefix(_PREFIX).split("-")[0])
        if not _alive(process):
            shutil.rmtree(folder, ignore_errors=True)


def _remove(folder: Path, process: int) -> None:
    # A forked child inherits the finalizer, not the folder.
    if os.getpid() == process:
        shutil.rmtree(folder, ignore_errors=True)


def _alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
