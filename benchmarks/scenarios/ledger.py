"""The ledger on SQLite beside PostgreSQL: 100,000 people in, 1,000 of them found, 200 events kept.

Both do the same through the rooms' own services, each in a process of its own, on this machine and
with their usual promises about a power cut; PostgreSQL is asked over a socket of this machine.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.conf import settings

from benchmarks.harness import Measurement
from scripts.with_postgresql import server

PEOPLE, FOUND, EVENTS, REPEATS = 100_000, 1_000, 200, 3
# pytest-postgresql starts every server with -F, that is without waiting for the disk.
DURABLE = "-c fsync=on -c synchronous_commit=on -c shared_buffers=512MB"

WORK = f"""
import json, sys
import django
django.setup()
from django.conf import settings
from django.core.management import call_command
from regulars.apps.accounts.services import audit
from regulars.apps.accounts.types import Action
from regulars.apps.members.queries.identifiers import carriers_of
from regulars.apps.members.tests.loads import load
from regulars.science.producers.meter import Meter
call_command("migrate", verbosity=0)
people = [[("card_no", f"C-{{n:07}}"), ("openid", f"O-{{n:07}}")] for n in range({PEOPLE})]
# Not of interest here: what is imported and prepared on first use.
load([("card_no", "W-1")])
carriers_of("W-1")
meter = Meter()
made = load(*people).created
laps = {{"bulk": [meter.seconds]}}
found = set()
for part in ("find", "keep"):
    laps[part] = []
    for repeat in range({REPEATS}):
        lap = Meter()
        if part == "find":
            for n in range(repeat, {PEOPLE}, {PEOPLE // FOUND}):
                found.update(carriers_of(f"C-{{n:07}}"))
        else:
            for n in range({EVENTS}):
                audit.record(None, Action.EXPORT, detail={{"rows": n}})
        laps[part].append(round(lap.seconds, 4))
print(json.dumps({{
    "laps": laps, "peak": round(meter.peak_memory_mb, 1), "made": made, "found": len(found),
    "ledger": settings.REGULARS_LEDGER.vendor,
}}))
"""
PARTS = (
    ("bulk", PEOPLE, "people with 2 identifiers each, resolved"),
    ("find", FOUND, "members found one by one by card number"),
    ("keep", EVENTS, "events kept one by one, each durable when it returns"),
)


def measurements() -> Sequence[Measurement]:
    sqlite = _done(Path(settings.REGULARS_HOME) / "sqlite", "")
    with server(options=DURABLE) as url:
        postgresql = _done(Path(settings.REGULARS_HOME) / "postgresql", url)
    assert (sqlite["ledger"], postgresql["ledger"]) == ("sqlite", "postgresql")
    for one in (sqlite, postgresql):
        assert (one["made"], one["found"]) == (PEOPLE, FOUND * REPEATS)
    return [
        Measurement(
            contender=f"{name}: {part}",
            seconds=tuple(one["laps"][part]),
            rows=rows,
            peak_memory_mb=one["peak"],
            note=note,
        )
        for part, rows, note in PARTS
        for name, one in (("SQLite", sqlite), ("PostgreSQL", postgresql))
    ]


def _done(home: Path, url: str) -> dict[str, Any]:
    variables = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    done = subprocess.run(
        [sys.executable, "-c", WORK],
        env=variables | {"REGULARS_HOME": str(home)} | ({"DATABASE_URL": url} if url else {}),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    said: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return said
