"""The console's pages at a million members, over HTTP, for four data scopes.

``REGULARS_MILLION_HOME`` names a home with a loaded and refreshed lake, such as a copy of one made
by ``regulars simulate``, ``load`` and ``refresh``. The scenario adds four staff users to it.
Beside the pages stands a static file from the same server in the same run: what a request costs
when nothing is asked. ``first`` is the first request of that scope, ``p95`` of those after it.
"""

from __future__ import annotations

import http.client
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from benchmarks.harness import Measurement

VARIABLE = "REGULARS_MILLION_HOME"
REQUESTS = 25
START_SECONDS = 180.0
PAGES = {
    "overview": "/",
    "members": "/members/",
    "members, page 200": "/members/?page=200",
    "members, by days since": "/members/?sort=recency_days",
    "members, mature, spent 500": "/members/?stage=mature&spend_min=500",
    "member 360": "/members/{member}/",
    "member's categories": "/members/{member}/categories/",
}
HEADQUARTERS_PAGES = {"data": "/data/", "refresh log": "/data/refresh/", "tables": "/data/tables/"}


def measurements() -> Sequence[Measurement]:
    home = os.environ.get(VARIABLE, "")
    if not home:
        raise SystemExit(f"million_pages needs {VARIABLE}: the folder of a loaded home")
    environment = os.environ | {"REGULARS_HOME": home}
    desks = json.loads(_prepared(environment))
    found: list[Measurement] = []
    with _server(environment) as port:
        wait = _until_added_up(port, desks[0])
        for desk in desks:
            pages = PAGES | (HEADQUARTERS_PAGES if desk["scope"] == "hq" else {})
            for name, address in pages.items():
                found.append(_page(port, desk, f"{name} ({desk['scope']})", address))
        found.append(_page(port, desks[0], "static file", "/static/console/mark.svg", note="limit"))
    slowest = max(found, key=lambda one: one.median_seconds)
    print(f"added up {wait:.1f} s after the start; slowest page: {slowest.contender}")
    return found


def _page(
    port: int, desk: dict[str, str], name: str, address: str, *, note: str = ""
) -> Measurement:
    path = address.format(member=desk["member"])
    first, *later = (_asked(port, desk, path) for _ in range(REQUESTS + 1))
    p95 = sorted(later)[int(0.95 * len(later))]
    return Measurement(
        contender=name,
        seconds=tuple(later),
        rows=1,
        peak_memory_mb=0.0,
        note=note or f"first {first * 1000:.0f} ms, p95 {p95 * 1000:.0f} ms",
    )


def _asked(port: int, desk: dict[str, str], path: str) -> float:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    began = time.perf_counter()
    connection.request("GET", path, headers={"Cookie": f"sessionid={desk['session']}"})
    answer = connection.getresponse()
    body = answer.read()
    took = time.perf_counter() - began
    connection.close()
    if answer.status != http.client.OK or not body:
        raise SystemExit(f"{path} answered {answer.status}")
    return round(took, 4)


def _until_added_up(port: int, desk: dict[str, str]) -> float:
    """Ask for the overview once, which waits until the figures are added up."""
    return _asked(port, desk, "/")


@contextmanager
def _server(environment: dict[str, str]) -> Iterator[int]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    command = [sys.executable, "-m", "regulars.server", "up", "--no-worker", "--port", str(port)]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + START_SECONDS
        while True:
            with socket.socket() as door:
                if door.connect_ex(("127.0.0.1", port)) == 0:
                    break
            if process.poll() is not None or time.monotonic() > deadline:
                raise SystemExit("the server did not start")
            time.sleep(0.1)
        yield port
    finally:
        process.terminate()
        process.wait(timeout=30)


def _prepared(environment: dict[str, str]) -> str:
    """Add staff of four scopes to the home; return their sessions and a member each, as JSON."""
    script = Path(__file__).parents[1] / "lakes" / "staff.py"
    done = subprocess.run(
        [sys.executable, str(script)], env=environment, check=True, capture_output=True, text=True
    )
    return done.stdout.splitlines()[-1]
