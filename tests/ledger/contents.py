"""Fills a ledger with something in nearly every kind of table, through the rooms' own services."""

from __future__ import annotations

import subprocess
import sys

from tests.child_ledger import ChildLedger

FILL = """
import sys
import django
django.setup()
from datetime import UTC, datetime
from django.contrib.sessions.models import Session
from regulars.apps.accounts.models import SignInGuard
from regulars.apps.accounts.services import audit, vault
from regulars.apps.accounts.types import Action
from regulars.apps.ingest.models import LoadRun, QualityNote, QuarantinedRow
from regulars.apps.members.tests.loads import load
people = int(sys.argv[1])
load(*([("card_no", f"C-{n:06}"), ("openid", f"O-{n:06}")] for n in range(people)), source="crm")
load([("card_no", "C-000001"), ("unionid", "U-1")], source="app")
load([("unionid", "U-9")], source="app")
load([("unionid", "U-9"), ("card_no", "C-000009")], source="app")  # a merge
for number in range(30):
    audit.record(None, Action.EXPORT, detail={"rows": number, "熟客": [1.5, 1e20, None]}, ip="::1")
run = LoadRun.objects.create(
    mapping="till", state="done", started_at=datetime(2024, 1, 2, 3, 4, 5, 678901, UTC),
    seconds=1.25, tables={"orders": 3},
)
sealed = vault.seal("13800138000,￥12", "quarantine")
QuarantinedRow.objects.create(
    run=run, row_number=7, reason="amount_malformed", raw_key_id=sealed.key_id,
    raw_ciphertext=sealed.ciphertext,
)
QualityNote.objects.create(run=run, rule="zero_quantity", table="order_lines", count=1, samples=[7])
SignInGuard.objects.create(name_key="k", known=True, failures=3, updated_at=datetime.now(UTC))
Session.objects.create(session_key="s", session_data="d", expire_date=datetime.now(UTC))
"""


def run_in(ledger: ChildLedger, code: str, *arguments: str) -> str:
    """Run code in a process on that ledger; return what it printed."""
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        env=ledger.environment, capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


def content(ledger: ChildLedger) -> dict[str, list[tuple[object, ...]]]:
    """Return what SQL finds in a ledger, spelled alike for both databases."""
    hexed = "encode({}, 'hex')" if ledger.url else "lower(hex({}))"
    key_hash, ciphertext, raw = (
        hexed.format(name) for name in ("key_hash", "ciphertext", "raw_ciphertext")
    )
    queries = {
        "members": "SELECT member_id, state, merged_into_id, source FROM members_member",
        "identifiers": f"SELECT id, kind, {key_hash}, {ciphertext}, key_id, member_id "
        "FROM members_identifier",
        "links": "SELECT id, kind, member_id, other_id FROM members_linkevent",
        "audit": "SELECT id, action, actor_name FROM accounts_auditevent",
        "runs": "SELECT id, mapping, seconds, rows_read FROM ingest_loadrun",
        "quarantine": f"SELECT id, run_id, row_number, {raw} FROM ingest_quarantinedrow",
        "keys": "SELECT key_id, use, check_value FROM accounts_vaultkey",
        "sessions": "SELECT session_key, session_data FROM django_session",
        "kinds": "SELECT id, app_label, model FROM django_content_type",
        "permissions": "SELECT id, content_type_id, codename FROM auth_permission",
    }
    return {name: sorted(ledger.rows(query), key=repr) for name, query in queries.items()}
