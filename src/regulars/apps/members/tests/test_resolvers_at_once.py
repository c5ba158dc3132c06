"""Several processes that load the same people at the same time make no twins."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

PROCESSES = 3
PEOPLE = 300

SCRIPT = """
import sys
import django
django.setup()
from regulars.apps.members.tests.loads import load
number = int(sys.argv[1])
sys.stdin.readline()  # all start together
people = [[("card_no", f"A{n}"), ("unionid", f"U{n}")] for n in range({people})]
for start in range(0, len(people), 50):
    shift = (start + 50 * number) % len(people)
    load(*people[shift : shift + 50])
print("done")
"""


def test_no_twins(tmp_path: Path) -> None:
    environment = os.environ | {
        "REGULARS_HOME": str(tmp_path),
        "DJANGO_SETTINGS_MODULE": "regulars.server.settings",
        "PYTHONPATH": os.pathsep.join(sys.path),
    }
    migrate = [sys.executable, "-m", "django", "migrate", "-v0"]
    subprocess.run(migrate, env=environment, check=True, timeout=300)
    script = SCRIPT.replace("{people}", str(PEOPLE))
    loaders = [
        subprocess.Popen(
            [sys.executable, "-c", script, str(number)],
            env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )
        for number in range(PROCESSES)
    ]  # fmt: skip
    for loader in loaders:
        assert loader.stdin is not None
        loader.stdin.write("go\n")
        loader.stdin.flush()
    for loader in loaders:
        out, _err = loader.communicate(timeout=300)
        assert (loader.returncode, out) == (0, "done\n")
    with sqlite3.connect(tmp_path / "ledger.sqlite3") as ledger:
        members = ledger.execute("SELECT count(*) FROM members_member").fetchone()
        keys = ledger.execute("SELECT count(*) FROM members_identifier").fetchone()
        events = ledger.execute(
            "SELECT kind, count(*) FROM members_linkevent GROUP BY 1"
        ).fetchall()
    assert members == (PEOPLE,)
    assert keys == (2 * PEOPLE,)
    assert events == [("attach", 2 * PEOPLE)]
    ledger.close()
