"""The SQL of a load, and the two DuckDB connections it runs on."""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import duckdb

# Enough to sort and group in; beyond it DuckDB spills to the load's own folder.
_MEMORY = "200MB"


def sealed_connection() -> duckdb.DuckDBPyConnection:
    """Return a connection for a mapping's expressions: it can reach no file and no setting.

    What is registered on it no other one sees. All of a process share one DuckDB: to open one
    costs more than a small file's expressions.
    """
    return _sealed(os.getpid()).cursor()


@cache
def _sealed(process: int) -> duckdb.DuckDBPyConnection:  # noqa: ARG001 — a fork opens its own
    return duckdb.connect(
        ":memory:",
        config={
            "enable_external_access": "false",
            "threads": 1,
            "memory_limit": _MEMORY,
            "lock_configuration": "true",
        },
    )


def staging_connection(folder: Path) -> duckdb.DuckDBPyConnection:
    """Return a connection for the rows staged in ``folder``; it spills there."""
    return duckdb.connect(
        ":memory:",
        config={
            "memory_limit": _MEMORY,
            "temp_directory": str(folder / "spill"),
            "preserve_insertion_order": "false",
            "threads": 2,
        },
    )


def quoted(name: str) -> str:
    """Return a name as an SQL identifier.

    >>> quoted('a"b')
    '"a""b"'
    """
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """Return a text as an SQL literal.

    >>> literal("it's")
    "'it''s'"
    """
    return "'" + text.replace("'", "''") + "'"


def select(columns: Sequence[str], source: str, *rest: str) -> str:
    """Return a SELECT of finished column expressions."""
    return " ".join(["SELECT", ", ".join(columns), "FROM", source, *rest])
