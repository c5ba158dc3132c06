"""The ledger's address: ``DATABASE_URL``, checked before anything connects.

No URL means SQLite in ``REGULARS_HOME``. A wrong one stops the program at once, with what is wrong
and without the password: a ledger that silently is another one would be far worse.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import dj_database_url
from psycopg.pq import Conninfo

from regulars.base import environment
from regulars.base.errors import ConfigurationError

NAME = "DATABASE_URL"
EXAMPLE = "postgresql://regulars:PASSWORD@localhost:5432/regulars"
SQLITE, POSTGRESQL = "sqlite", "postgresql"

# A thread of the web server keeps its connection this long (seconds); before each request it is
# looked at, so that a restart of PostgreSQL costs nobody an error. Every process holds at most one
# connection per thread: regulars up needs six.
KEPT_SECONDS = 600
_CONNECT_SECONDS = 10
_VENDORS = {"sqlite": SQLITE, "postgres": POSTGRESQL, "postgresql": POSTGRESQL}
# FULL: a commit is on the disk before it is answered, as on PostgreSQL (ADR 16). With NORMAL the
# last commits before a power failure would be lost, acknowledged orders among them. What is mapped
# counts as memory of every process that reads the ledger, hence a little of it.
_SQLITE_OPTIONS = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": (
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"
        "PRAGMA mmap_size=67108864; PRAGMA cache_size=-32000;"
    ),
}


@dataclass(frozen=True, slots=True)
class LedgerAddress:
    """Where a ledger is.

    ``shown`` says it to people and holds no password. ``database`` is an entry of Django's
    ``DATABASES``.
    """

    vendor: str
    shown: str
    database: dict[str, Any]


def ledger_address(home: Path) -> LedgerAddress:
    """Return the address this installation is set to; raise ``ConfigurationError`` if wrong."""
    url = environment.text(NAME, "")
    return parsed(url, where=NAME) if url else in_home(home)


def in_home(home: Path) -> LedgerAddress:
    """Return the address of the SQLite ledger in a home."""
    return _sqlite(home / "ledger.sqlite3")


def parsed(url: str, *, where: str) -> LedgerAddress:
    """Return the address of a URL; raise ``ConfigurationError`` saying what is wrong with it."""
    scheme = url.partition("://")[0] if "://" in url else ""
    vendor = _VENDORS.get(scheme)
    if vendor is None:
        raise _wrong(
            where, f"{scheme!r} is no ledger Regulars knows" if scheme else "this is no URL"
        )
    if vendor == SQLITE:
        return _sqlite_of(url, where=where)
    try:
        database: dict[str, Any] = {**dj_database_url.parse(url)}
    except ValueError:
        # Its text may repeat parts of the URL, also of the password.
        raise _wrong(
            where, "the URL cannot be read: a password with / @ : # must be percent-encoded"
        ) from None
    return _postgresql(database, where=where)


def _postgresql(database: dict[str, Any], *, where: str) -> LedgerAddress:
    name, options = database["NAME"], dict(database.get("OPTIONS", {}))
    if not name or "/" in name:
        raise _wrong(where, "the URL must end with the name of one database")
    known = {each.keyword.decode() for each in Conninfo.get_defaults()}
    unknown = sorted(set(options) - known)
    if unknown:
        raise _wrong(where, f"PostgreSQL knows no connection option {', '.join(unknown)}")
    options.setdefault("connect_timeout", _CONNECT_SECONDS)
    options.setdefault("application_name", "regulars")
    host = database["HOST"] or options.get("host") or "local socket"
    port = f":{database['PORT']}" if database["PORT"] else ""
    user = f"{database['USER']}@" if database["USER"] else ""
    database |= {
        "OPTIONS": options,
        "CONN_MAX_AGE": KEPT_SECONDS,
        "CONN_HEALTH_CHECKS": True,
    }
    return LedgerAddress(POSTGRESQL, f"{user}{host}{port}/{name}", database)


def _sqlite_of(url: str, *, where: str) -> LedgerAddress:
    parts = urlsplit(url)
    path = Path(dj_database_url.parse(url)["NAME"]).expanduser()
    if parts.netloc or not path.name or path.is_dir() or parts.path in {"", "/"}:
        raise _wrong(where, "a SQLite URL names a file: sqlite:////srv/regulars/ledger.sqlite3")
    if parts.query:
        raise _wrong(where, "a SQLite URL takes no options")
    return _sqlite(path.resolve())


def _sqlite(path: Path) -> LedgerAddress:
    database = {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": path,
        "OPTIONS": dict(_SQLITE_OPTIONS),
        # Opening the file and its settings costs more than most requests of the API.
        "CONN_MAX_AGE": KEPT_SECONDS,
        "TEST": {"NAME": ":memory:"},
    }
    return LedgerAddress(SQLITE, str(path), database)


def url_of(address: LedgerAddress) -> str:
    """Return the URL to set for an address, with PASSWORD in the place of a password."""
    if address.vendor == SQLITE:
        return f"sqlite:///{quote(address.shown)}"
    database = address.database
    user = quote(database["USER"], safe="")
    password = ":PASSWORD" if database["PASSWORD"] else ""
    port = f":{database['PORT']}" if database["PORT"] else ""
    at = "@" if user else ""
    host = f"{user}{password}{at}{database['HOST']}{port}"
    return f"postgresql://{host}/{quote(database['NAME'])}"


def _wrong(where: str, what: str) -> ConfigurationError:
    return ConfigurationError(
        what, where=where, fix=f"Write {EXAMPLE}, or leave it out for SQLite in REGULARS_HOME"
    )
