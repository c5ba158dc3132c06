"""Orders posted to a running server: acknowledged, killed in between, seen in the lake.

The limit is what SQLite itself does with the same rows and the same settings, one commit per order.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from functools import partial
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

from django.conf import settings

from benchmarks.harness import Measurement
from benchmarks.lakes.demo import loaded_lake
from regulars.api.services.keys import create_key
from regulars.api.types import RATE_MAX, ApiScope, KeyDetails
from regulars.apps.accounts.types import DataScope
from regulars.apps.ingest.queries import posted_waiting
from regulars.lake import Lake

ORDERS, CLIENTS, BATCH = 1_000, 4, 500
SEEN_ORDERS, SEEN_EVERY_SECONDS = 30, 1.0
ANSWER_SECONDS, START_SECONDS, LAND_SECONDS = 30, 60, 120
PORT = 8790
Row = dict[str, Any]


def measurements() -> Sequence[Measurement]:
    lake = loaded_lake()
    details = KeyDetails(
        name="bench",
        scopes=(ApiScope.ORDERS_WRITE,),
        data_scope=DataScope("hq"),
        rate_per_minute=RATE_MAX,
    )
    token = create_key(None, details).token
    with served():
        posted("w", token, count=CLIENTS)  # the first answers open connections and caches
        single = timed("regulars, one by one", posted("s", token), note=f"{CLIENTS} clients")
        batches = timed("regulars, in batches", batched("b", token), note=f"{BATCH} an answer")
        landed()
        visible = seen(lake, token)
    killed = survived(lake, token)
    limit = Measurement(
        contender="SQLite itself", seconds=(inserted(),), rows=ORDERS, peak_memory_mb=0,
        note="the limit: bare inserts, one commit each, the same settings",
    )  # fmt: skip
    return [single, batches, limit, visible, killed]


def timed(contender: str, work: tuple[float, int], *, note: str) -> Measurement:
    seconds, count = work
    if count != ORDERS:
        raise SystemExit(f"{contender}: {count} of {ORDERS} orders were acknowledged")
    return Measurement(
        contender=contender, seconds=(round(seconds, 3),), rows=count, peak_memory_mb=0, note=note
    )


def posted(prefix: str, token: str, *, count: int = ORDERS) -> tuple[float, int]:
    """Post orders one by one from several clients; return seconds and how many were acknowledged.

    A client stops at the first order nobody answers.
    """
    started = time.perf_counter()
    with ThreadPoolExecutor(CLIENTS) as clients:
        names = [
            [f"{prefix}-{number}" for number in range(client, count, CLIENTS)]
            for client in range(CLIENTS)
        ]
        done = sum(len(some) for some in clients.map(lambda some: acknowledged(some, token), names))
    return time.perf_counter() - started, done


def acknowledged(
    names: Sequence[str], token: str, told: Callable[[str], object] = lambda _: None
) -> list[str]:
    """Post one order after the other; return those that were acknowledged."""
    found: list[str] = []
    try:
        with closing(HTTPConnection("127.0.0.1", PORT, timeout=ANSWER_SECONDS)) as server:
            for name in names:
                if answered(server, "/api/v1/orders", order(name), token) == 202:
                    found.append(name)
                    told(name)
    except (OSError, HTTPException):
        pass
    return found


def batched(prefix: str, token: str) -> tuple[float, int]:
    started = time.perf_counter()
    done = 0
    with closing(HTTPConnection("127.0.0.1", PORT, timeout=ANSWER_SECONDS)) as server:
        for first in range(0, ORDERS, BATCH):
            orders = [order(f"{prefix}-{number}") for number in range(first, first + BATCH)]
            if answered(server, "/api/v1/orders/batch", {"orders": orders}, token) == 200:
                done += BATCH
    return time.perf_counter() - started, done


def answered(server: HTTPConnection, path: str, body: Row, token: str) -> int:
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    server.request("POST", path, json.dumps(body), headers)
    answer = server.getresponse()
    answer.read()
    return answer.status


def order(name: str) -> Row:
    """Return an order of three lines of one of the demo's households, at noon of its last day."""
    lines = [
        {"line_no": str(n), "product_id": str(1_000_000 + n), "quantity": "1", "net_amount": "2.50"}
        for n in range(3)
    ]
    return {
        "order_id": name,
        "store_id": "367",
        "ordered_at": "2017-12-31T12:00:00-05:00",
        "channel": "pos",
        "identifiers": [{"kind": "card_no", "value": str(1 + len(name)), "verified": True}],
        "lines": lines,
    }


def seen(lake: Lake, token: str) -> Measurement:
    """Post one order a second; measure from before the request until a reader of the lake has it.

    Every time is kept, so that the results hold the whole distribution.
    """
    seconds = []
    for number in range(SEEN_ORDERS):
        name = f"v-{number}"
        started = time.perf_counter()
        if acknowledged([name], token) != [name]:
            raise SystemExit(f"the order {name} was not acknowledged")
        until(partial(is_seen, lake, name), LAND_SECONDS)
        seconds.append(round(time.perf_counter() - started, 3))
        time.sleep(SEEN_EVERY_SECONDS)
    ordered = sorted(seconds)
    p50, p99 = ordered[len(ordered) // 2], ordered[-1]
    return Measurement(
        contender="till to lake", seconds=tuple(seconds), rows=1, peak_memory_mb=0,
        note=f"{SEEN_ORDERS} orders, one at a time: p50 {p50:.2f} s, longest {p99:.2f} s",
    )  # fmt: skip


def is_seen(lake: Lake, name: str) -> bool:
    return in_lake(lake, name) == {name: 1}


def survived(lake: Lake, token: str) -> Measurement:
    """Kill everything while orders are posted, start again; count what came of them."""
    known: list[str] = []
    with served() as server, ThreadPoolExecutor(CLIENTS) as clients:
        every = [
            [f"k-{number}" for number in range(client, ORDERS, CLIENTS)]
            for client in range(CLIENTS)
        ]
        running = [clients.submit(acknowledged, names, token, known.append) for names in every]
        until(lambda: len(known) >= ORDERS // 2, START_SECONDS)
        os.killpg(server.pid, signal.SIGKILL)
        for one in running:
            one.result()
    acknowledged_before = set(known)
    started = time.perf_counter()
    with served():
        landed()
    seconds = time.perf_counter() - started
    found = in_lake(lake, "k-%")
    lost, twice = acknowledged_before - set(found), [n for n, rows in found.items() if rows > 1]
    if lost or twice:
        raise SystemExit(f"lost {sorted(lost)}, twice {twice}")
    return Measurement(
        contender="after SIGKILL", seconds=(round(seconds, 3),), rows=len(found), peak_memory_mb=0,
        note=f"start and land: {len(acknowledged_before)} acknowledged, {len(found)} in the lake "
        "once each, none lost",
    )  # fmt: skip


def in_lake(lake: Lake, like: str) -> Counter[str]:
    with lake.snapshot() as snapshot:
        orders = snapshot.table("orders")
        # The month keeps the reader to one part of the table, as a page of a member's would.
        part = orders.filter(orders.business_month == "2017-12", orders.order_id.like(like))
        rows = snapshot.connection.to_pyarrow(part.select("order_id"))
    return Counter(rows.column("order_id").to_pylist())


def landed() -> None:
    until(lambda: posted_waiting()[0] == 0, LAND_SECONDS)


def inserted() -> float:
    """Return how long SQLite takes for as many rows of the same size, one commit each."""
    file = Path(settings.REGULARS_HOME) / "limit.sqlite3"
    with closing(sqlite3.connect(file, isolation_level=None)) as bare:
        bare.execute("PRAGMA journal_mode=WAL")
        bare.execute("PRAGMA synchronous=FULL")
        bare.execute("CREATE TABLE kept (name TEXT PRIMARY KEY, payload BLOB)")
        payload = os.urandom(len(json.dumps(order("limit"))))
        started = time.perf_counter()
        for number in range(ORDERS):
            bare.execute("BEGIN IMMEDIATE")
            bare.execute("INSERT INTO kept VALUES (?, ?)", [str(number), payload])
            bare.execute("COMMIT")
        return round(time.perf_counter() - started, 4)


@contextmanager
def served() -> Iterator[subprocess.Popen[bytes]]:
    """Run ``regulars up`` in a process group of its own, web and worker."""
    environment = {**os.environ, "REGULARS_HOME": str(settings.REGULARS_HOME)}
    up = [sys.executable, "-m", "regulars.server", "up", "--port", str(PORT)]
    process = subprocess.Popen(up, env=environment, start_new_session=True)
    try:
        until(answers, START_SECONDS)
        yield process
    finally:
        if process.poll() is None:
            process.terminate()
        process.wait(timeout=START_SECONDS)


def answers() -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", PORT)) == 0


def until(holds: Callable[[], bool], seconds: float) -> None:
    end = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > end:
            raise SystemExit(f"not so within {seconds} seconds")
        time.sleep(0.02)
