"""However many attempts come at once, ten passwords are checked and no more."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

ATTEMPTS = 20
PROCESSES = 2

_MIGRATE = """
import django; django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
"""
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


def started(code: str, home: Path) -> subprocess.Popen[str]:
    environment = {
        **os.environ,
        "REGULARS_HOME": str(home),
        "DJANGO_SETTINGS_MODULE": "quick_settings",
        "PYTHONPATH": os.pathsep.join([str(home), *filter(None, sys.path)]),
    }
    return subprocess.Popen(
        [sys.executable, "-c", code], env=environment, stdout=subprocess.PIPE, text=True
    )


def answered(process: subprocess.Popen[str]) -> str:
    answer, _ = process.communicate(timeout=300)
    assert process.returncode == 0
    return answer


def test_attempts_at_once_from_several_processes_share_one_count(tmp_path: Path) -> None:
    (tmp_path / "quick_settings.py").write_text(_QUICK_SETTINGS)
    answered(started(_MIGRATE, tmp_path))
    running = [started(_TRY, tmp_path) for _ in range(PROCESSES)]
    outcomes = [outcome for process in running for outcome in json.loads(answered(process))]
    assert len(outcomes) == ATTEMPTS * PROCESSES
    assert outcomes.count("right") == 0
    assert outcomes.count("wrong") == 9
    with closing(sqlite3.connect(tmp_path / "ledger.sqlite3")) as ledger:
        events = "SELECT action, count(*) FROM accounts_auditevent GROUP BY action ORDER BY action"
        assert ledger.execute(events).fetchall() == [("locked", 1), ("sign_in_failed", 10)]
        held = ledger.execute("SELECT failures, locked_until IS NULL FROM accounts_signinguard")
        assert held.fetchall() == [(10, 0)]
