"""Single profiles of a million members over HTTP, beside a server that says hello.

``REGULARS_MILLION_HOME`` names a home with a loaded lake. It is refreshed and served first where
it is not: that is measured too. The scenario adds a key to it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.harness import Measurement
from benchmarks.scenarios.api.load import demand_wrk, loaded, served

VARIABLE = "REGULARS_MILLION_HOME"
SECONDS, HELLO_SECONDS, WARM_SECONDS = 30, 10, 5
CONNECTIONS = (1, 8, 32)


def measurements() -> Sequence[Measurement]:
    demand_wrk("api_profiles")
    home = os.environ.get(VARIABLE, "")
    if not home:
        raise SystemExit(f"api_profiles needs {VARIABLE}: the folder of a loaded home")
    facts = json.loads(_prepared(os.environ | {"REGULARS_HOME": home}))
    found = [
        Measurement(
            contender="serving all profiles",
            seconds=(facts["seconds"],),
            rows=facts["looked_at"],
            peak_memory_mb=facts["peak_memory_mb"],
            note=f"{facts['written']} documents written",
        )
    ]
    with TemporaryDirectory() as folder:
        file = Path(folder) / "mix.txt"
        asked = (f"GET /api/v1/members/{one}/profile" for one in facts["members"])
        file.write_text("\n".join(asked) + "\n", encoding="utf-8")
        with served("regulars.server.wsgi:warmed", home) as server:
            loaded(file, facts["token"], WARM_SECONDS, connections=1)
            for count in CONNECTIONS:
                figures = loaded(file, facts["token"], SECONDS, connections=count)
                memory = server.memory_info().rss / 2**20
                found.append(_measurement(f"Regulars, {count} callers", figures, memory))
        with served("benchmarks.scenarios.api.hello:made") as server:
            for count in CONNECTIONS:
                figures = loaded(file, facts["token"], HELLO_SECONDS, connections=count)
                found.append(_measurement(f"hello, {count} callers", figures, 0))
    return found


def _measurement(contender: str, figures: tuple[int, ...], memory: float) -> Measurement:
    requests, microseconds, errors, median, late, worst = figures
    note = (
        f"{errors} errors, p50 {median / 1e3:.1f} ms, p99 {late / 1e3:.1f} ms, "
        f"max {worst / 1e3:.0f} ms"
    )
    return Measurement(
        contender=contender,
        seconds=(microseconds / 1e6,),
        rows=requests,
        peak_memory_mb=round(memory, 1),
        note=note,
    )


def _prepared(environment: dict[str, str]) -> str:
    """Refresh and serve the home where that is due; return token, members and figures as JSON."""
    script = Path(__file__).parents[2] / "lakes" / "profiles.py"
    done = subprocess.run(
        [sys.executable, str(script)], env=environment, check=True, capture_output=True, text=True
    )
    return done.stdout.splitlines()[-1]
