"""Run a command on a ledger in a PostgreSQL of its own, which is gone when the command ends.

``scripts/with_postgresql.py pytest …`` is the second pass of ``make test``. Any other command works
as well (``scripts/with_postgresql.py regulars up``): it finds the server in ``DATABASE_URL``. The
server is Debian's, of the newest version installed. It listens on this machine only, on a free
port, and never waits for the disk: it holds nothing that anybody will miss.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import port_for
import psycopg
from pytest_postgresql.executors import PostgreSQLExecutor

# PostgreSQL refuses to run as root. Debian's package brings this user along.
USER = "postgres"
DATABASE = "regulars"
BINARIES = Path("/usr/lib/postgresql")
# Each worker of pytest and each process that a test starts holds a few connections.
OPTIONS = "-c max_connections=200"
# Nothing here must outlive a power cut, so nothing waits for the disk.
FORGETFUL = "-c fsync=off -c full_page_writes=off -c synchronous_commit=off"
START_SECONDS = 60


def main() -> None:
    """Run the command given as arguments; exit as it does."""
    if len(sys.argv) < 2:
        sys.exit(f"Usage: {sys.argv[0]} COMMAND [ARGUMENT…]")
    signal.signal(signal.SIGTERM, _leave)
    with server() as url:
        environment = {**os.environ, "DATABASE_URL": url}
        environment.pop("DATABASE_URL_FILE", None)
        sys.exit(subprocess.run(sys.argv[1:], env=environment, check=False).returncode)


def _leave(_signal: int, _frame: FrameType | None) -> None:
    sys.exit(128 + signal.SIGTERM)  # by way of every finally


def pg_ctl() -> Path | None:
    """Return the newest installed pg_ctl."""
    versions = [each for each in BINARIES.glob("*/bin/pg_ctl") if each.parts[-3].isdigit()]
    found = shutil.which("pg_ctl")
    newest = max(versions, key=lambda each: int(each.parts[-3]), default=None)
    return newest or (Path(found).resolve() if found else None)


@contextmanager
def server(*, options: str = FORGETFUL) -> Iterator[str]:
    """Start a server, yield the URL of an empty database on it, stop it and remove its files."""
    executable = pg_ctl()
    if executable is None:
        sys.exit("PostgreSQL is missing: apt-get install -y postgresql")
    folder = Path(tempfile.mkdtemp(prefix="regulars-postgresql-"))
    try:
        proc = _executor(executable, folder, options=f"{OPTIONS} {options}")
        proc.start()
        try:
            address = f"{USER}@{proc.host}:{proc.port}"
            with _connected(f"postgresql://{address}/postgres") as connection:
                connection.execute(f"CREATE DATABASE {DATABASE}")
            yield f"postgresql://{address}/{DATABASE}"
        finally:
            proc.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _connected(url: str) -> psycopg.Connection:
    """Connect as soon as the server has finished starting: its port is open before that."""
    give_up_at = time.monotonic() + START_SECONDS
    while True:
        try:
            return psycopg.connect(url, autocommit=True)
        except psycopg.OperationalError:
            if time.monotonic() > give_up_at:
                raise
            time.sleep(0.1)


def _executor(executable: Path, folder: Path, *, options: str) -> PostgreSQLExecutor:
    if os.geteuid() == 0:
        # The folder lies in /tmp under a random name; only its owner may enter it.
        owner = pwd.getpwnam(USER)
        os.chown(folder, owner.pw_uid, owner.pw_gid)
        executable = _as_user(executable, folder)
    return PostgreSQLExecutor(
        executable=str(executable),
        host="127.0.0.1",
        port=port_for.select_random(),
        datadir=str(folder / "data"),
        unixsocketdir=str(folder),
        logfile=str(folder / "log"),
        startparams="-w",
        dbname=DATABASE,
        timeout=START_SECONDS,
        user=USER,
        postgres_options=options,
    )


def _as_user(executable: Path, folder: Path) -> Path:
    """Return a pg_ctl that root can call and that runs as the package's user."""
    wrapper = folder / "pg_ctl"
    # The user must be able to stand in its working folder, which a root's checkout may forbid.
    wrapper.write_text(
        f'#!/bin/sh\ncd "{folder}" && exec setpriv --reuid={USER} --regid={USER} --init-groups '
        f'"{executable}" "$@"\n'
    )
    wrapper.chmod(0o755)
    return wrapper


if __name__ == "__main__":
    main()
