"""However many attempts come at once, ten passwords are checked and no more."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

ATTEMPTS = 15
PROCESSES = 3

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
_COUNT = """
import json, django; django.setup()
from regulars.apps.accounts.models import AuditEvent, SignInGuard
count = AuditEvent.objects.filter
print(json.dumps([
    count(action="sign_in_failed").count(), count(action="locked").count(),
    SignInGuard.objects.get().failures,
]))
"""


def started(code: str, home: Path) -> subprocess.Popen[str]:
    environment = {
        **os.environ,
        "REGULARS_HOME": str(home),
        "DJANGO_SETTINGS_MODULE": "regulars.server.settings",
        "PYTHONPATH": os.pathsep.join(entry for entry in sys.path if entry),
    }
    return subprocess.Popen(
        [sys.executable, "-c", code], env=environment, stdout=subprocess.PIPE, text=True
    )


def answered(process: subprocess.Popen[str]) -> str:
    answer, _ = process.communicate(timeout=120)
    assert process.returncode == 0
    return answer


def test_attempts_at_once_from_several_processes_share_one_count(tmp_path: Path) -> None:
    answered(started(_MIGRATE, tmp_path))
    running = [started(_TRY, tmp_path) for _ in range(PROCESSES)]
    outcomes = [outcome for process in running for outcome in json.loads(answered(process))]
    assert len(outcomes) == ATTEMPTS * PROCESSES
    assert outcomes.count("right") == 0
    assert outcomes.count("wrong") == 9
    failed, locked, failures = json.loads(answered(started(_COUNT, tmp_path)))
    assert (failed, locked, failures) == (10, 1, 10)
