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
from pathlib import Path

import duckdb
import ibis
import ibis.expr.operations as ops
import ibis.expr.types as ir
from ibis.backends.duckdb import Backend

from regulars.base import environment
from regulars.lake import delta
from regulars.lake.contracts import Contract, contract
from regulars.lake.delta import Files

_NUMBERS = itertools.count()
_PREFIX = "lake-"


def quoted(name: str) -> str:
    """Return the identifier in double quotes."""
    return '"' + name.replace('"', '""') + '"'


def text(value: str) -> str:
    """Return the value as an SQL string."""
    return "'" + value.replace("'", "''") + "'"


class Engine:
    """DuckDB with one view per table of one set of versions."""

    def __init__(self, root: Path, versions: Mapping[str, int]) -> None:
        self._root = root
        self._versions = versions
        self._views: set[str] = set()
        self._lock = threading.Lock()
        self._spill = staging_folder(root)
        self._duckdb = duckdb.connect(
            ":memory:",
            config={
                "memory_limit": environment.text("REGULARS_LAKE_MEMORY", "2GB"),
                "temp_directory": str(self._spill),
                "autoinstall_known_extensions": False,
                "autoload_known_extensions": False,
                "preserve_insertion_order": False,
            },
        )
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
        return ops.DatabaseTable(
            name=name, schema=contract(name).ibis_schema, source=backend
        ).to_expr()

    def ensure_view(self, name: str) -> None:
        """Make the table's view if this engine has none yet."""
        declared = contract(name)
        with self._lock:
            if name in self._views:
                return
            query = self._query(declared)
            with self._duckdb.cursor() as cursor, delta.translated(self._root / name):
                cursor.execute(f"CREATE VIEW {quoted(name)} AS {query}")
            self._views.add(name)

    def _query(self, declared: Contract) -> str:
        version = self._versions.get(declared.name)
        if version is not None:
            files = held_files(self._root, declared.name, version)
            if files.paths:
                return _select(declared, files)
        nothing = ", ".join(
            f"NULL::{sql_type(declared, name)} AS {quoted(name)}" for name in declared.column_names
        )
        return f"SELECT {nothing} WHERE false"


def held_files(root: Path, name: str, version: int) -> Files:
    """Return the files of one version of a table; a version never changes, so it is kept."""
    key = (root, name, version)
    with _FILES_LOCK:
        known = _FILES.get(key)
    if known is None:
        known = delta.files_of(root / name, version)
        with _FILES_LOCK:
            # Enough for every table of a few commits; the oldest entry goes first.
            while len(_FILES) >= _FILES_MAX:
                _FILES.pop(next(iter(_FILES)))
            _FILES[key] = known
    return known


_FILES: dict[tuple[Path, str, int], Files] = {}
_FILES_LOCK = threading.Lock()
_FILES_MAX = 256


def forget_files(root: Path) -> None:
    """Drop what is known of the lake's files: a table was dropped and may be made anew."""
    with _FILES_LOCK:
        for key in [key for key in _FILES if key[0] == root]:
            del _FILES[key]


def _select(declared: Contract, files: Files) -> str:
    columns = []
    for column in declared.columns:
        kind = sql_type(declared, column.name)
        # A column declared after the files were written reads as null.
        value = quoted(column.name) if column.name in files.columns else "NULL"
        columns.append(f"{value}::{kind} AS {quoted(column.name)}")
    paths = ", ".join(text(path) for path in files.paths)
    hive = ""
    if declared.partition:
        types = ", ".join(
            f"{text(name)}: {sql_type(declared, name)}" for name in declared.partition
        )
        hive = f", hive_partitioning = true, hive_types = {{{types}}}"
    else:
        hive = ", hive_partitioning = false"
    union = ", union_by_name = true" if set(declared.column_names) != set(files.columns) else ""
    return f"SELECT {', '.join(columns)} FROM read_parquet([{paths}]{hive}{union})"


def sql_type(declared: Contract, name: str) -> str:
    """Return DuckDB's name of the column's type."""
    kind = declared.column(name).type
    if kind.startswith("decimal"):
        return kind
    return {
        "string": "VARCHAR",
        "int64": "BIGINT",
        "float64": "DOUBLE",
        "boolean": "BOOLEAN",
        "date": "DATE",
        "timestamp('UTC')": "TIMESTAMPTZ",
    }[kind]


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
