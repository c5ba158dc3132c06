"""Several processes that load the same people at the same time make no twins."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.child_ledger import ChildLedgers

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


def test_no_twins(child_ledgers: ChildLedgers, tmp_path: Path) -> None:
    ledger = child_ledgers(tmp_path)
    script = SCRIPT.replace("{people}", str(PEOPLE))
    loaders = [
        subprocess.Popen(
            [sys.executable, "-c", script, str(number)],
            env=ledger.environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
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
    kinds = ledger.rows("SELECT kind, count(*) FROM members_linkevent GROUP BY 1")
    assert ledger.rows("SELECT count(*) FROM members_member") == [(PEOPLE,)]
    assert ledger.rows("SELECT count(*) FROM members_identifier") == [(2 * PEOPLE,)]
    assert kinds == [("attach", 2 * PEOPLE)]
