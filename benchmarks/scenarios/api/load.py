"""The load of the API's scenarios: a server as ``regulars up`` starts it, and wrk against it."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil  # type: ignore[import-untyped]  # publishes no types

from regulars.server.processes import WEB_THREADS

PORT, START_SECONDS = 8690, 60
SCRIPT = Path(__file__).parent / "mix.lua"
SERVER = """
import sys
from granian.constants import Interfaces
from granian.server import Server
if __name__ == "__main__":
    Server(sys.argv[1], address="127.0.0.1", port=int(sys.argv[2]), interface=Interfaces.WSGI,
           factory=True, workers=1, blocking_threads=int(sys.argv[3])).serve()
"""


def demand_wrk(scenario: str) -> None:
    """Stop with a word on what to install where the load generator is missing."""
    if shutil.which("wrk") is None:
        raise SystemExit(
            f"The scenario {scenario} needs the load generator wrk, which is missing here.\n"
            "Install it and run make bench again. On Debian or Ubuntu, as root:  "
            "apt-get install -y wrk"
        )


@contextmanager
def served(application: str, home: str | None = None) -> Iterator[psutil.Process]:
    """Serve the application with the settings of ``regulars up``; yield its busiest process."""
    root = Path(__file__).resolve().parents[3]
    path = os.pathsep.join([str(root), str(root / "src")])
    child = subprocess.Popen(
        [sys.executable, "-c", SERVER, application, str(PORT), str(WEB_THREADS)],
        env={**os.environ, "PYTHONPATH": path} | ({"REGULARS_HOME": home} if home else {}),
    )
    try:
        _await_port(child)
        family = [psutil.Process(child.pid), *psutil.Process(child.pid).children(recursive=True)]
        yield max(family, key=lambda one: one.memory_info().rss)
    finally:
        child.terminate()
        child.wait(timeout=30)


def loaded(
    file: Path,
    token: str,
    seconds: int,
    *,
    connections: int,
    meanwhile: Callable[[float], None] | None = None,
) -> tuple[int, ...]:
    """Return requests, microseconds, errors, p50, p99 and maximum (microseconds).

    ``meanwhile`` is called once the load runs, with the moment at which it must be through.
    """
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "30s"]
    command += ["-s", str(SCRIPT), f"http://127.0.0.1:{PORT}"]
    environment = {**os.environ, "API_MIX": str(file), "API_TOKEN": token}
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as wrk:
        if meanwhile is not None:
            meanwhile(time.monotonic() + seconds - 1)
        output, _nothing = wrk.communicate()
    line = next(one for one in output.splitlines() if one.startswith("FIGURES "))
    return tuple(int(part) for part in line.split()[1:])


def _await_port(child: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and child.poll() is None:
        with socket.socket() as one:
            if one.connect_ex(("127.0.0.1", PORT)) == 0:
                return
        time.sleep(0.1)
    raise SystemExit("the server did not start")
