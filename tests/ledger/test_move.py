"""``regulars move-ledger``: all of it arrives or nothing, and never over another ledger."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.child_ledger import ChildLedger, ChildLedgers
from tests.ledger.contents import FILL, content, run_in

pytestmark = pytest.mark.slow

PEOPLE = 2_600  # more than one chunk

LIVE_ON = """
import json
import django
django.setup()
from django.db import DatabaseError, connection, transaction
from regulars.apps.accounts.services import audit, vault
from regulars.apps.accounts.types import Action, Sealed
from regulars.apps.members.models import Identifier
from regulars.apps.members.tests.loads import load
sealed = [row for row in Identifier.objects.filter(kind="card_no")]
opened = [vault.unseal(Sealed(row.key_id, bytes(row.ciphertext)), row.kind) for row in sealed]
again = load([("card_no", "C-000009")], [("card_no", "NEW")], source="crm")
event = audit.record(None, Action.EXPORT)
refused = []
for statement in ("DELETE FROM accounts_auditevent", "UPDATE accounts_auditevent SET ip = NULL"):
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    except DatabaseError as error:
        refused.append("append-only" in str(error))
print(json.dumps({
    "vendor": connection.vendor, "opened": sorted(opened)[:2], "created": again.created,
    "event": event, "refused": refused,
}))
"""
KILL = """
import os, signal
from regulars.server.commands import move_ledger
real = move_ledger.move_ledger
def deadly(source, target, *, on_progress):
    def watched(what, done, rows):
        if what == {where!r} and done >= {rows}:
            os.kill(os.getpid(), signal.SIGKILL)
    return real(source, target, on_progress=watched)
move_ledger.move_ledger = deadly
"""
LOSE = """
from regulars.server.ledger.moving import move
real = move.write_rows
def losing(table, target, rows):
    rows = list(rows)
    if table.name == "members_identifier":
        first = list(rows[0])
        first[2] = bytes(len(first[2]))  # another hash, of the right length
        rows[0] = tuple(first)
    real(table, target, rows)
move.write_rows = losing
"""


@pytest.fixture(scope="module")
def full(child_ledgers: ChildLedgers, tmp_path_factory: pytest.TempPathFactory) -> ChildLedger:
    """A ledger with members, sealed identifiers, a merge, audit events and the rest."""
    ledger = child_ledgers(tmp_path_factory.mktemp("full"))
    run_in(ledger, FILL, str(PEOPLE))
    return ledger


def moved(ledger: ChildLedger, target: str, *, code: str = "") -> subprocess.CompletedProcess[str]:
    """Run the command in a process, after ``code``."""
    start = (
        f"import sys; sys.argv = ['regulars', 'move-ledger', '--to', {target!r}]\n"
        "import django; django.setup()\n"
    )
    return subprocess.run(
        [sys.executable, "-c", f"{start}{code}\nfrom regulars.server.cli import main; main()"],
        env=ledger.environment | {"COLUMNS": "160"},
        capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip


def url_of(ledger: ChildLedger) -> str:
    return ledger.url or f"sqlite:///{ledger.home}/ledger.sqlite3"


def is_empty(ledger: ChildLedger) -> bool:
    held = content(ledger)
    return not any(rows for name, rows in held.items() if name not in {"kinds", "permissions"})


def lived_on(ledger: ChildLedger) -> dict[str, object]:
    said: dict[str, object] = json.loads(run_in(ledger, LIVE_ON))
    return said


def test_everything_arrives_and_life_goes_on(
    full: ChildLedger, child_ledgers: ChildLedgers, tmp_path: Path
) -> None:
    target = child_ledgers(tmp_path / "target")
    before = content(full)
    assert len(before["identifiers"]) == 2 * PEOPLE + 2
    done = moved(full, url_of(target))
    assert done.returncode == 0, done.stderr
    assert "counts and checksums agree" in done.stdout
    assert "The vault keys stay where they are" in done.stdout
    assert content(target) == before == content(full)
    last_event = max(int(str(row[0])) for row in before["audit"])
    assert lived_on(
        ChildLedger(full.home, target.url) if target.url else _beside(full, target)
    ) == {
        "vendor": "postgresql" if target.url else "sqlite",
        "opened": ["C-000000", "C-000001"],
        "created": 1,
        "event": last_event + 1,
        "refused": [True, True],
    }


def _beside(full: ChildLedger, target: ChildLedger) -> ChildLedger:
    """Bring the keys of one home to the other: on SQLite a home is its ledger."""
    secrets = target.home / "secrets"
    secrets.mkdir(exist_ok=True)
    for file in (full.home / "secrets").iterdir():
        (secrets / file.name).write_bytes(file.read_bytes())
    return target


def test_from_postgresql_to_sqlite_and_back(
    full: ChildLedger, postgresql_ledgers: ChildLedgers, tmp_path: Path
) -> None:
    before = content(full)
    done = moved(full, "sqlite")
    assert done.returncode == 0, done.stderr
    assert "unset DATABASE_URL" in done.stdout
    file = ChildLedger(full.home, "")
    assert content(file) == before
    said = lived_on(file)
    assert (said["vendor"], said["created"], said["refused"]) == ("sqlite", 1, [True, True])
    grown = content(file)
    secret = tmp_path / "url"
    back = postgresql_ledgers(tmp_path / "back")
    secret.write_text(f"{back.url}\n", encoding="utf-8")
    done = moved(file, f"@{secret}")
    assert done.returncode == 0, done.stderr
    assert content(back) == grown
    said = lived_on(ChildLedger(full.home, back.url))
    assert (said["vendor"], said["created"], said["refused"]) == ("postgresql", 0, [True, True])


def test_a_target_with_rows_is_left_alone(
    full: ChildLedger, child_ledgers: ChildLedgers, tmp_path: Path
) -> None:
    target = child_ledgers(tmp_path / "target")
    run_in(target, FILL, "3")
    before = content(target)
    done = moved(full, url_of(target))
    assert done.returncode == 1
    assert "it is not empty" in done.stderr
    assert content(target) == before


def test_the_ledger_in_use_is_no_target(full: ChildLedger) -> None:
    done = moved(full, url_of(full))
    assert done.returncode == 1
    assert "this is the ledger in use" in done.stderr


@pytest.mark.parametrize(
    ("where", "rows"), [("copying members_identifier", 5_000), ("checking members_linkevent", 1)]
)
def test_a_move_that_is_killed_leaves_nothing_and_can_be_repeated(
    full: ChildLedger, child_ledgers: ChildLedgers, tmp_path: Path, where: str, rows: int
) -> None:
    target = child_ledgers(tmp_path / "target")
    before = content(full)
    killed = moved(full, url_of(target), code=KILL.format(where=where, rows=rows))
    assert killed.returncode == -signal.SIGKILL
    assert is_empty(target)
    assert content(full) == before
    done = moved(full, url_of(target))
    assert done.returncode == 0, done.stderr
    assert content(target) == before


def test_a_row_that_arrives_changed_takes_everything_back(
    full: ChildLedger, child_ledgers: ChildLedgers, tmp_path: Path
) -> None:
    target = child_ledgers(tmp_path / "target")
    done = moved(full, url_of(target), code=LOSE)
    assert done.returncode == 1
    assert "members_identifier" in done.stderr
    assert "Nothing was moved" in done.stderr
    assert is_empty(target)
