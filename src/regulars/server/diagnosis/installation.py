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
    name = connection.settings_dict["NAME"]
    yield fine("ledger", f"{connection.display_name}, {name}")
    executor = MigrationExecutor(connection)
    pending = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if pending:
        names = ", ".join(f"{each.app_label}.{each.name}" for each, _backwards in pending[:5])
        yield failed(
            "migrations", f"{len(pending)} not applied: {names}", fix="Run regulars manage migrate"
        )
    else:
        yield fine("migrations", "all applied")


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
