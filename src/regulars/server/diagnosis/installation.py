"""Python, packages, database and disk."""

from __future__ import annotations

import platform
import shutil
import sys
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from regulars.server.diagnosis.finding import Finding, failed, fine, note
from regulars.server.ledger.address import in_home

# Version ranges outside which parts are known to break: at least the first, below the second.
_RANGES = {
    "django": ((5, 2), (5, 3)),
    "duckdb": ((1, 5), (1, 6)),
    "ibis-framework": ((12,), (13,)),
    "sqlglot": ((26,), (30, 18)),
    "deltalake": ((1, 6), (2,)),
    "pyarrow": ((20,), None),
    "cryptography": ((45,), None),
    "phonenumberslite": ((9,), None),
}
_PYTHON_MIN = (3, 11)
_DISK_LOW_BYTES = 5 * 1024**3
_DISK_EMPTY_BYTES = 500 * 1024**2


def versions() -> Iterator[Finding]:
    """Look at Python and at the packages whose version matters."""
    if sys.version_info < _PYTHON_MIN:
        yield failed("python", platform.python_version(), fix="Use Python 3.11 or newer")
    else:
        yield fine("python", platform.python_version())
    good = []
    for name, (low, high) in _RANGES.items():
        try:
            found = metadata.version(name)
        except metadata.PackageNotFoundError:
            yield failed(name, "is not installed", fix="Run make setup")
            continue
        number = _number(found)
        if number < low or (high is not None and number >= high):
            below = f" and below {_text(high)}" if high else ""
            yield failed(
                name, f"{found} does not work here", fix=f"Install {_text(low)} or newer{below}"
            )
        else:
            good.append(f"{name} {found}")
    if good:
        yield fine("packages", ", ".join(good))


def database() -> Iterator[Finding]:
    """Look at the ledger's database and its migrations."""
    connection.ensure_connection()
    version, size = _version_and_bytes()
    place = settings.REGULARS_LEDGER.shown
    yield fine("ledger", f"{connection.display_name} {version}, {place}, {size / 1024**2:,.1f} MB")
    if connection.vendor == "postgresql" and _left_in_home():
        yield note(
            "old ledger",
            f"{_left_in_home()} is not the ledger in use",
            fix="Delete it when you are content with the new one",
        )
    executor = MigrationExecutor(connection)
    pending = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if pending:
        names = ", ".join(f"{each.app_label}.{each.name}" for each, _backwards in pending[:5])
        yield failed(
            "migrations", f"{len(pending)} not applied: {names}", fix="Run regulars manage migrate"
        )
    else:
        yield fine("migrations", "all applied")


def _version_and_bytes() -> tuple[str, int]:
    """Return the database's version, and how much the ledger takes on its disk."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SHOW server_version")
            version = str(cursor.fetchone()[0]).split()[0]
            cursor.execute("SELECT pg_database_size(current_database())")
        else:
            cursor.execute("SELECT sqlite_version()")
            version = str(cursor.fetchone()[0])
            cursor.execute("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size")
        return version, int(cursor.fetchone()[0])


def _left_in_home() -> Path | None:
    file = Path(in_home(settings.REGULARS_HOME).shown)
    return file if file.exists() else None


def disk() -> Iterator[Finding]:
    """Look at the space left where the ledger and the lake live."""
    home = Path(settings.REGULARS_HOME)
    existing = next(folder for folder in (home, *home.parents) if folder.exists())
    free = shutil.disk_usage(existing).free
    text = f"{free / 1024**3:.1f} GB free at {home}"
    if free < _DISK_EMPTY_BYTES:
        yield failed("disk", text, fix="Free some space: loads and refreshes will fail")
    elif free < _DISK_LOW_BYTES:
        yield note("disk", text, fix="Free some space before the next large load")
    else:
        yield fine("disk", text)


def _number(text: str) -> tuple[int, ...]:
    parts = []
    for part in text.split("."):
        digits = "".join(letter for letter in part if letter.isdigit())
        if not digits:
            break
        parts.append(int(digits))
    return tuple(parts)


def _text(number: tuple[int, ...]) -> str:
    return ".".join(str(part) for part in number)
