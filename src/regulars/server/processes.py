"""Web and worker processes, started and stopped together."""

from __future__ import annotations

import fcntl
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server import Server
from rich.console import Console

from regulars.base.errors import ConfigurationError

# A page waits on the lake (DuckDB lets go of the interpreter), so threads overlap well.
WEB_THREADS = 4
STOP_SECONDS = 10


def migrate() -> None:
    """Bring the ledger's tables up to date; say nothing when they are.

    Two commands that are an installation's first take turns, or both would create the tables.
    """
    home = Path(settings.REGULARS_HOME)
    home.mkdir(parents=True, exist_ok=True)
    with (home / "migrate.lock").open("a") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        call_command("migrate", verbosity=0, interactive=False)


def serve(*, host: str, port: int, worker: bool) -> None:
    """Serve until interrupted; raise ``ConfigurationError`` if the port is taken."""
    _demand_free(host, port)
    with _worker() if worker else _nothing():
        Console().print(
            f"Regulars 熟客 listens on [bold]http://{host}:{port}/[/bold]  (Ctrl-C stops)"
        )
        Server(
            "regulars.server.wsgi:application",
            address=host,
            port=port,
            interface=Interfaces.WSGI,
            workers=1,
            blocking_threads=WEB_THREADS,
            log_level=LogLevels.warning,
            respawn_failed_workers=True,
        ).serve()


@contextmanager
def _worker() -> Iterator[None]:
    # A process of its own, so that a heavy job never slows a page by more than a core.
    process = subprocess.Popen(
        [sys.executable, "-m", "regulars.server", "manage", "db_worker", "--interval", "1"]
    )
    try:
        yield
    finally:
        process.terminate()
        try:
            process.wait(timeout=STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()


@contextmanager
def _nothing() -> Iterator[None]:
    yield


def _demand_free(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise ConfigurationError(
                f"cannot listen there: {error.strerror}",
                where=f"{host}:{port}",
                fix="Stop the other server or choose another --port",
            ) from error
