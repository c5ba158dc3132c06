"""However many attempts come at once, ten passwords are checked and no more."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.child_ledger import ChildLedger, ChildLedgers

ATTEMPTS = 20
PROCESSES = 2

_TRY = f"""
import json, django; django.setup()
from concurrent.futures import ThreadPoolExecutor
from regulars.apps.accounts.services.sign_in import try_password
def attempt(number):
    return try_password(username="ada", password=f"guess {{number}}").outcome
with ThreadPoolExecutor(4) as pool:
    print(json.dumps(list(pool.map(attempt, range({ATTEMPTS})))))
"""
# The count is what is tested here, not how slowly a password is hashed.
_QUICK_SETTINGS = """
from regulars.server.settings import *
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
"""


def started(code: str, ledger: ChildLedger) -> subprocess.Popen[str]:
    environment = ledger.environment
    environment["DJANGO_SETTINGS_MODULE"] = "quick_settings"
    environment["PYTHONPATH"] = os.pathsep.join((str(ledger.home), environment["PYTHONPATH"]))
    return subprocess.Popen(
        [sys.executable, "-c", code], env=environment, stdout=subprocess.PIPE, text=True
    )


def answered(process: subprocess.Popen[str]) -> str:
    answer, _ = process.communicate(timeout=300)
    assert process.returncode == 0
    return answer


def test_attempts_at_once_from_several_processes_share_one_count(
    child_ledgers: ChildLedgers, tmp_path: Path
) -> None:
    ledger = child_ledgers(tmp_path)
    (tmp_path / "quick_settings.py").write_text(_QUICK_SETTINGS)
    running = [started(_TRY, ledger) for _ in range(PROCESSES)]
    outcomes = [outcome for process in running for outcome in json.loads(answered(process))]
    assert len(outcomes) == ATTEMPTS * PROCESSES
    assert outcomes.count("right") == 0
    assert outcomes.count("wrong") == 9
    events = "SELECT action, count(*) FROM accounts_auditevent GROUP BY action ORDER BY action"
    assert ledger.rows(events) == [("locked", 1), ("sign_in_failed", 10)]
    held = ledger.rows("SELECT failures, locked_until IS NOT NULL FROM accounts_signinguard")
    assert held == [(10, True)]
