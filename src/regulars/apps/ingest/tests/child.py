"""Loads in a process of their own: to measure it, to limit it, to kill it."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

from tests.child_ledger import ChildLedger

_PRELUDE = """
import json, os, resource, signal, sys
import django
django.setup()
from django.core.management import call_command
from django.conf import settings
from regulars.apps.ingest import queries, services
from regulars.base.errors import RegularsError
from regulars.lake import Lake

def say(**facts):
    print(json.dumps(facts, default=str))

def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024

def rows(table):
    with Lake(settings.REGULARS_LAKE).snapshot() as snapshot:
        return snapshot.table(table).count().to_pyarrow().as_py()
"""


def run_child(ledger: ChildLedger, code: str, **variables: str) -> tuple[int, dict[str, Any]]:
    """Run code in a process on that ledger; return its exit code and what it said last."""
    environment = {
        **ledger.environment,
        "REGULARS_ZONE": "Asia/Shanghai",
        "REGULARS_CURRENCY": "CNY",
        **variables,
    }
    done = subprocess.run(
        [sys.executable, "-c", _PRELUDE + code],
        env=environment,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    said = done.stdout.strip().splitlines()
    if done.returncode > 0:
        raise AssertionError(done.stderr)
    return done.returncode, json.loads(said[-1]) if said else {}
