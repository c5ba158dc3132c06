"""What the commands do before and around their work."""

from __future__ import annotations

import fcntl
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.utils.translation import override
from typer.testing import CliRunner

from regulars.apps.ingest.tests.shop import GOOD, LINES, Shop
from regulars.server import cli, processes


@pytest.mark.django_db
def test_a_load_speaks_one_language() -> None:
    shop = Shop()
    shop.csv([{**GOOD, "paid": "much"}])
    with override("zh-hans"):
        result = CliRunner(env={"COLUMNS": "120"}).invoke(
            cli.mounted(), ["load", shop.mapping(LINES)]
        )
    assert result.exit_code == 0, result.output
    assert "refused This is not an amount of money" in result.output


def test_help_of_the_demo_claims_no_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REGULARS_HOME", str(tmp_path / "mine"))
    monkeypatch.setattr(sys, "argv", ["regulars", "demo", "--help"])
    with pytest.raises(SystemExit) as left:
        cli.main()
    assert left.value.code == 0
    assert not (tmp_path / "mine").exists()


# The server tells of all its databases' locks: another worker's tests take some, too.
_LOCKS_HERE = """
    SELECT count(*) FROM pg_locks
    JOIN pg_database ON pg_database.oid = pg_locks.database
    WHERE locktype = 'advisory' AND datname = current_database()
"""


@pytest.mark.django_db
def test_only_one_process_migrates_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    def held(*_: object, **__: object) -> None:
        file = Path(settings.REGULARS_HOME) / "migrate.lock"
        with file.open("a") as other, pytest.raises(BlockingIOError):
            fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":  # a second machine has no such file
                cursor.execute(_LOCKS_HERE)
                assert cursor.fetchone() == (1,)
            taken.append(True)

    taken: list[bool] = []
    monkeypatch.setattr(processes, "call_command", held)
    processes.migrate()
    assert taken == [True]
