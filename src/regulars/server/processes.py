"""Web and worker processes, started and stopped together."""

from __future__ import annotations

import fcntl
import logging
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server import Server
from rich.console import Console

from regulars.base.errors import ConfigurationError

# A page waits on the lake (DuckDB lets go of the interpreter), so threads overlap well.
# One process: a key's rate, the kept answers and their warming exist once (decision 15).
WEB_THREADS = 4
STOP_SECONDS = 10
# How often it is asked whether the pages answer yet.
LISTENS_SECONDS = 0.2
# How soon a worker that died is started again.
KEEP_SECONDS = 2
# Any number, as long as nothing else in the database takes it for a lock of its own.
_MIGRATING = 7_306_541_280
_log = logging.getLogger(__name__)


def migrate() -> None:
    """Bring the ledger's tables up to date; say nothing when they are.

    Two commands that are an installation's first take turns, or both would create the tables. On
    PostgreSQL they may be on two machines, where no file tells one of the other.
    """
    home = Path(settings.REGULARS_HOME)
    home.mkdir(parents=True, exist_ok=True)
    with (home / "migrate.lock").open("a") as turn, connection.cursor() as cursor:
        fcntl.flock(turn, fcntl.LOCK_EX)
        server = connection.vendor == "postgresql"
        if server:
            cursor.execute("SELECT pg_advisory_lock(%s)", [_MIGRATING])
        try:
            call_command("migrate", verbosity=0, interactive=False)
        finally:
            if server:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [_MIGRATING])


def serve(*, host: str, port: int, worker: bool) -> None:
    """Serve until interrupted; raise ``ConfigurationError`` if the port is taken."""
    _demand_free(host, port)
    with _worker() if worker else _nothing(), _announced(host, port):
        Server(
            "regulars.server.wsgi:warmed",
            factory=True,
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
    """Keep one worker running beside the web process, started again should it die."""
    # A process of its own, so that a heavy job never slows a page by more than a core.
    stopping = Event()
    started = [_started_worker()]
    keeper = Thread(target=_keep, args=(started, stopping), name="keeper", daemon=True)
    keeper.start()
    try:
        yield
    finally:
        stopping.set()
        keeper.join()
        started[-1].terminate()
        try:
            started[-1].wait(timeout=STOP_SECONDS)
        except subprocess.TimeoutExpired:
            started[-1].kill()


def _started_worker() -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-m", "regulars.server.worker"])


def _keep(started: list[subprocess.Popen[bytes]], stopping: Event) -> None:
    while not stopping.wait(KEEP_SECONDS):
        if started[-1].poll() is not None:
            _log.warning("the worker ended with %s; starting it again", started[-1].returncode)
            started.append(_started_worker())


@contextmanager
def _announced(host: str, port: int) -> Iterator[None]:
    """Say where the pages are once they answer: until then the first answers are being read."""
    stopping = Event()
    teller = Thread(target=_announce, args=(host, port, stopping), name="teller", daemon=True)
    teller.start()
    try:
        yield
    finally:
        stopping.set()
        teller.join()


def _announce(host: str, port: int, stopping: Event) -> None:
    console = Console()
    console.print("Regulars 熟客 is starting …")
    while not stopping.wait(LISTENS_SECONDS):
        try:
            socket.create_connection((host, port), timeout=LISTENS_SECONDS).close()
        except OSError:
            continue
        console.print(
            f"Regulars 熟客 listens on [bold]http://{host}:{port}/[/bold]  (Ctrl-C stops)"
        )
        return


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
