"""Ledgers for the processes that a test starts: each home its own, on the pass's own database.

On SQLite a child finds the ledger in its home. On PostgreSQL it finds in ``DATABASE_URL`` a
database that was cloned for that home. The tables of both are made once per run.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
from django.conf import settings

import regulars

# Any number nobody else takes: workers take turns to make the tables that all children start with.
_TURN = 20_26_11_22
_SOURCES = (Path(regulars.__file__).parent.parent, Path(__file__).parent.parent)


@dataclass(frozen=True, slots=True)
class ChildLedger:
    """A home whose ledger has its tables and no rows; ``url`` is empty on SQLite."""

    home: Path
    url: str

    @property
    def environment(self) -> dict[str, str]:
        """What a child process needs to find this home, this ledger and the code."""
        return _environment(self.home, self.url)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Return what a query finds, asked past all code under test."""
        if self.url:
            with psycopg.connect(self.url) as server:
                return list(server.execute(query.encode()).fetchall())
        with closing(sqlite3.connect(self.home / "ledger.sqlite3")) as file:
            return list(file.execute(query).fetchall())


@dataclass(slots=True)
class ChildLedgers:
    """Hands out ledgers, the same one for the same home, and drops them at the end of a run."""

    folder: Path
    _held: dict[Path, ChildLedger] = field(default_factory=dict)

    def __call__(self, home: Path) -> ChildLedger:
        """Return the ledger of a home; make both where they are missing."""
        home.mkdir(parents=True, exist_ok=True)
        if home not in self._held:
            self._held[home] = ChildLedger(home, self._cloned(home) if on_postgresql() else "")
            if not on_postgresql():
                shutil.copy(self._file_with_tables(), home / "ledger.sqlite3")
        return self._held[home]

    def from_nothing(self, home: Path) -> ChildLedger:
        """Return a ledger without any table, for a command that has to make them."""
        home.mkdir(parents=True, exist_ok=True)
        url = ""
        if on_postgresql():
            url = _url(_new_name())
            with _server() as server:
                server.execute(f"CREATE DATABASE {url.rpartition('/')[2]}".encode())
        self._held[home] = ChildLedger(home, url)
        return self._held[home]

    def drop(self) -> None:
        """Drop the databases made here, also under connections that a killed child left."""
        made = [each.url.rpartition("/")[2] for each in self._held.values() if each.url]
        self._held.clear()
        if made:
            with _server() as server:
                for name in made:
                    server.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())

    def _cloned(self, home: Path) -> str:
        template, name = f"{_database()['NAME']}_tables", _new_name()
        with _server() as server:
            server.execute("SELECT pg_advisory_lock(%s)", [_TURN])
            known = server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [template])
            if known.fetchone() is None:
                server.execute(f"CREATE DATABASE {template}_new".encode())
                _make_tables(home, _url(f"{template}_new"))
                server.execute(f"ALTER DATABASE {template}_new RENAME TO {template}".encode())
            server.execute(f"CREATE DATABASE {name} TEMPLATE {template}".encode())
        return _url(name)

    def _file_with_tables(self) -> Path:
        file = self.folder / "ledger.sqlite3"
        if not file.exists():
            _make_tables(self.folder, "")
            with closing(sqlite3.connect(file)) as ledger:
                ledger.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return file


def on_postgresql() -> bool:
    """Whether this pass of the tests runs on PostgreSQL."""
    return str(_database()["ENGINE"]).endswith("postgresql")


def _database() -> Mapping[str, Any]:
    return settings.REGULARS_LEDGER.database


def _new_name() -> str:
    return f"child_{uuid4().hex}"


def _url(name: str) -> str:
    place = _database()
    secret = f":{place['PASSWORD']}" if place["PASSWORD"] else ""
    return f"postgresql://{place['USER']}{secret}@{place['HOST']}:{place['PORT']}/{name}"


@contextmanager
def _server() -> Iterator[psycopg.Connection]:
    with psycopg.connect(_url("postgres"), autocommit=True) as server:
        yield server


def _make_tables(home: Path, url: str) -> None:
    migrate = [sys.executable, "-m", "django", "migrate", "-v0"]
    subprocess.run(migrate, env=_environment(home, url), check=True, timeout=300)


def _environment(home: Path, url: str) -> dict[str, str]:
    inherited = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    return inherited | {
        "REGULARS_HOME": str(home),
        "DJANGO_SETTINGS_MODULE": "regulars.server.settings",
        "PYTHONPATH": os.pathsep.join(map(str, _SOURCES)),
        **({"DATABASE_URL": url} if url else {}),
    }
