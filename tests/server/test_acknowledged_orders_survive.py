"""Whatever is killed, and when: an acknowledged order is in the lake, and no order is there twice.

Processes of their own post and land, and die by SIGKILL; a last one lands what they left.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from regulars.lake import Lake
from tests.child_ledger import ChildLedger, ChildLedgers

_PRELUDE = """
import os, signal, sys
import django
django.setup()
from datetime import UTC, datetime
from decimal import Decimal
from regulars.apps.ingest.services.inbox import land_posted, landing, post_orders
from regulars.apps.ingest.types import IdentifierPost, OrderLinePost, OrderPost

def order(name, lines=2):
    return OrderPost(
        name, "s1", datetime(2024, 5, 1, tzinfo=UTC), "pos",
        tuple(OrderLinePost(str(n), "p1", Decimal(1), Decimal("9.90")) for n in range(lines)),
        identifiers=(IdentifierPost("card_no", name[-1]),),
    )

def say(word):
    print(word, flush=True)
"""
_POST = """
for number in range(100_000):
    for receipt in post_orders([order(f"{sys.argv[1]}-{number}")], source="till"):
        say(receipt.order_id)
"""
_POST_THE_SAME = """
for number in range(0, 40, 4):
    orders = [order(f"o{n}") for n in range(number, number + 4)]
    for receipt in post_orders(orders if sys.argv[1] == "up" else orders[::-1], source="till"):
        say(receipt.state)
"""
_LAND = """
carry = landing.carry
def told(*given, **options):
    say("landing")
    return carry(*given, **options)
landing.carry = told
while True:
    land_posted(limit=50)
"""
_LAND_ALL = """
while land_posted().waiting:
    pass
"""
_DIE_BEFORE_MARKING = """
post_orders([order("o1"), order("o2")], source="till")
landing.runs.finish = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
land_posted()
"""
_CORRECT_AND_LAND = """
post_orders([order("o1", lines=1)], source="till")
say(land_posted().landed)
"""


@pytest.fixture
def ledger(child_ledgers: ChildLedgers, tmp_path: Path) -> ChildLedger:
    """A home of its own for processes of their own."""
    return child_ledgers(tmp_path / "child")


def started(ledger: ChildLedger, code: str, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", _PRELUDE + code, *arguments],
        env={**os.environ, **ledger.environment, "REGULARS_CURRENCY": "CNY"},
        stdout=subprocess.PIPE,
        text=True,
    )


def ended(process: subprocess.Popen[str]) -> int:
    process.communicate(timeout=120)
    return process.returncode


def heard(process: subprocess.Popen[str], words: int) -> list[str]:
    assert process.stdout is not None
    return [process.stdout.readline().strip() for _ in range(words)]


def killed(process: subprocess.Popen[str]) -> list[str]:
    """Kill the process and return what it had said that nobody read yet."""
    process.kill()
    assert process.stdout is not None
    # Not ``communicate``: it would leave out what was read ahead of the last line heard.
    with process.stdout as words:
        rest = words.read()
    assert process.wait(timeout=60) == -signal.SIGKILL
    return [line.strip() for line in rest.splitlines(keepends=True) if line.endswith("\n")]


def in_lake(home: Path) -> Counter[str]:
    with Lake(home / "lake").snapshot() as snapshot:
        return Counter(snapshot.table("orders").to_pyarrow()["order_id"].to_pylist())


def test_acknowledged_orders_are_in_the_lake_once_whoever_was_killed(ledger: ChildLedger) -> None:
    lander = started(ledger, _LAND)
    tills = [started(ledger, _POST, name) for name in ("a", "b")]
    acknowledged = set(heard(tills[0], 40) + heard(tills[1], 20))
    assert heard(lander, 2) == ["landing", "landing"]
    killed(lander)
    for till in tills:
        acknowledged.update(killed(till))
    assert ended(started(ledger, _LAND_ALL)) == 0
    found = in_lake(ledger.home)
    assert set(found.values()) == {1}
    assert acknowledged <= set(found)
    # Each till died with at most one order that was kept and not acknowledged any more.
    assert len(found) - len(acknowledged) <= len(tills)
    kept = {name for (name,) in ledger.rows("SELECT order_id FROM ingest_postedorder")}
    assert kept == set(found)
    assert ledger.rows("SELECT count(*) FROM ingest_postedorder WHERE state <> 'landed'") == [(0,)]


def test_a_landing_killed_before_it_marked_is_repeated_to_no_effect(ledger: ChildLedger) -> None:
    assert ended(started(ledger, _DIE_BEFORE_MARKING)) == -signal.SIGKILL
    assert in_lake(ledger.home) == {"o1": 1, "o2": 1}
    assert ledger.rows("SELECT DISTINCT state FROM ingest_postedorder") == [("pending",)]
    assert ended(started(ledger, _CORRECT_AND_LAND)) == 0
    assert in_lake(ledger.home) == {"o1": 1, "o2": 1}
    with Lake(ledger.home / "lake").snapshot() as snapshot:
        lines = Counter(snapshot.table("order_lines").to_pyarrow()["order_id"].to_pylist())
    assert lines == {"o1": 1, "o2": 2}
    runs = ledger.rows("SELECT state, rows_unchanged, rows_removed FROM ingest_loadrun ORDER BY id")
    assert runs == [("failed", 0, 0), ("done", 3, 1)]


def test_processes_that_post_the_same_orders_keep_each_once(ledger: ChildLedger) -> None:
    tills = [started(ledger, _POST_THE_SAME, way) for way in ("up", "down", "up")]
    said: Counter[str] = Counter()
    for till in tills:
        states, _ = till.communicate(timeout=120)
        assert till.returncode == 0
        said.update(states.split())
    assert said == {"accepted": 40, "duplicate": 80}
    assert ledger.rows("SELECT count(*), max(version) FROM ingest_postedorder") == [(40, 1)]
