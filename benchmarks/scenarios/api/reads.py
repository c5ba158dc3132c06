"""200 concurrent reads of the API on the demo, closed loop, beside a server that says hello.

The load comes from ``wrk`` (Debian's package) on the same cores. A second, slow client asks every
route in turn meanwhile: its times are those of single routes inside the mix.
"""

from __future__ import annotations

import random
import time
from collections import defaultdict
from collections.abc import Sequence
from http.client import HTTPConnection
from pathlib import Path

from django.conf import settings

from benchmarks.harness import Measurement
from benchmarks.lakes.demo import BUSINESS_DATE, loaded_lake
from benchmarks.scenarios.api.load import PORT, demand_wrk, loaded, served
from regulars.api.services.keys import create_key
from regulars.api.types import RATE_MAX, ApiScope, KeyDetails
from regulars.apps.accounts.types import DataScope
from regulars.apps.members.services.serving import serve_profiles
from regulars.science.producers import refresh

CONNECTIONS, SECONDS, WARM_SECONDS, HELLO_SECONDS = 200, 60, 10, 10
REQUESTS = 9_000
NAMES = ("find", "member", "profile", "orders", "product", "products", "stores", "kpis", "cells")
Asked = tuple[str, str, str]


def measurements() -> Sequence[Measurement]:
    demand_wrk("api_reads")
    refresh(loaded_lake(), BUSINESS_DATE)
    serve_profiles(loaded_lake())
    details = KeyDetails("bench", tuple(ApiScope), DataScope("hq"), RATE_MAX)
    token = create_key(None, details).token
    mix = requests_of_the_mix()
    file = Path(settings.REGULARS_HOME) / "mix.txt"
    file.write_text("".join(" ".join(one).rstrip() + "\n" for one in mix), encoding="utf-8")
    with served("regulars.server.wsgi:warmed") as server:
        cold = loaded(file, token, WARM_SECONDS, connections=CONNECTIONS)
        routes: dict[str, list[float]] = defaultdict(list)
        warm = loaded(
            file,
            token,
            SECONDS,
            connections=CONNECTIONS,
            meanwhile=lambda until: _probe(mix, token, routes, until=until),
        )
        memory = server.memory_info().rss / 2**20
    print_routes(routes)
    with served("benchmarks.scenarios.api.hello:made"):
        hello = loaded(file, token, HELLO_SECONDS, connections=CONNECTIONS)
    return [
        measurement("Regulars, 60 s", warm, memory),
        measurement("Regulars, first 10 s", cold, memory),
        measurement("hello, the same server", hello, 0),
    ]


def requests_of_the_mix() -> list[Asked]:
    """Return requests over all members, in equal parts by route."""
    with loaded_lake().snapshot() as snapshot:
        members, products, stores = (
            snapshot.table(f"{name}s")
            .select(f"{name}_id")
            .order_by(f"{name}_id")
            .to_pyarrow()[0]
            .to_pylist()
            for name in ("member", "product", "store")
        )
    dice = random.Random(7)
    found: list[Asked] = []
    for _number in range(REQUESTS // len(NAMES)):
        one = f"/api/v1/members/{dice.choice(members)}"
        value = dice.randrange(1, 2_500)
        found += [
            ("POST", "/api/v1/members/find", f'{{"value": "{value}", "kind": "card_no"}}'),
            ("GET", one, ""),
            ("GET", f"{one}/profile", ""),
            ("GET", f"{one}/orders?limit=20", ""),
            ("GET", f"/api/v1/products/{dice.choice(products)}", ""),
            ("GET", "/api/v1/products?limit=50", ""),
            ("GET", "/api/v1/stores?limit=50", ""),
            ("GET", f"/api/v1/kpis?store_id={dice.choice(stores[:20])}", ""),
            ("GET", "/api/v1/rfm-cells", ""),
        ]
    return found


def measurement(contender: str, figures: tuple[int, ...], memory: float) -> Measurement:
    requests, microseconds, errors, median, late, worst = figures
    note = (
        f"{CONNECTIONS} connections, {errors} errors, p50 {median / 1e3:.0f} ms, "
        f"p99 {late / 1e3:.0f} ms, max {worst / 1e3:.0f} ms"
    )
    return Measurement(
        contender=contender,
        seconds=(microseconds / 1e6,),
        rows=requests,
        peak_memory_mb=round(memory, 1),
        note=note,
    )


def print_routes(routes: dict[str, list[float]]) -> None:
    for name in NAMES:
        times = sorted(routes[name])
        if times:
            late = times[min(len(times) - 1, int(len(times) * 0.99))]
            middle = times[len(times) // 2]
            print(f"{name:9} {len(times):5} asked  p50 {middle:6.0f} ms  p99 {late:6.0f} ms")


def _probe(mix: list[Asked], token: str, routes: dict[str, list[float]], *, until: float) -> None:
    connection = HTTPConnection("127.0.0.1", PORT, timeout=30)
    place = 0
    while time.monotonic() < until:
        method, path, body = mix[place % len(mix)]
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        begun = time.perf_counter()
        connection.request(method, path, body or None, headers)
        answer = connection.getresponse()
        answer.read()
        if answer.status != 200:
            raise SystemExit(f"{method} {path} was answered with {answer.status}")
        routes[NAMES[place % len(NAMES)]].append((time.perf_counter() - begun) * 1e3)
        place += 1
    connection.close()
