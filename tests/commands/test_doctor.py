"""The doctor finds what is broken, says what to do, and finds nothing in a healthy house."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
import typer
from django.db import connection
from pytest_django import Settings
from typer.testing import CliRunner

from regulars.apps.accounts.services import vault
from regulars.apps.members.models import Member
from regulars.apps.members.services.lake_side.publishing import publish
from regulars.apps.members.tests.lake_rows import attribute, line, order, put
from regulars.apps.members.tests.loads import one
from regulars.lake import Lake
from regulars.server.commands import doctor
from regulars.server.diagnosis import installation, plain_values
from regulars.server.diagnosis.finding import Finding, Health

pytestmark = pytest.mark.django_db


@pytest.fixture
def lake(settings: Settings) -> Lake:
    return Lake(settings.REGULARS_LAKE)


@pytest.fixture
def member_id(lake: Lake) -> str:
    """Return the one member of a healthy house."""
    found = one(("card_no", "A1"), ("email", "li.na@shop.cn"))
    with lake.transaction() as writing:
        put(writing, "orders", [order("o1", found)])
        put(writing, "order_lines", [line("o1", found)])
    publish(lake)
    return found


def failures() -> dict[str, Finding]:
    return {each.part: each for each in doctor.examined() if each.health == Health.FAILED}


def test_a_healthy_house(lake: Lake, member_id: str) -> None:
    found = {each.part: each for each in doctor.examined()}
    assert failures() == {}
    assert found["members"].what == "1 in the lake, 1 active in the ledger, 0 merged, 0 erased"
    assert found["orders"].what == "1 orders equal the sum of their lines, net 10.00"
    assert found[f"key {vault.active_key_id()}"].what == "2 identifiers, a sample of 2 opened"
    assert found["migrations"].what == "all applied"
    assert found["quarantine"].what == "empty"


def test_it_says_which_ledger_is_in_use(settings: Settings) -> None:
    found = {each.part: each for each in doctor.examined()}
    product = "PostgreSQL" if connection.vendor == "postgresql" else "SQLite"
    place = re.escape(settings.REGULARS_LEDGER.shown)
    assert re.fullmatch(rf"{product} \d+\.[\d.]+, {place}, [\d.]+ MB", found["ledger"].what)
    assert found["plain values"].health == Health.FINE


def test_a_plain_phone_in_the_ledger_is_found(postgresql_ledgers: object) -> None:
    """On SQLite this is looked for in the file, of which a test in memory has none."""
    Member.objects.create(
        member_id="mx", source="call +8613812345678 back", created_at=datetime.now(UTC)
    )
    assert "the column source holds 1 values" in failures()["ledger members_member"].what


def test_an_empty_house_is_no_failure() -> None:
    assert failures() == {}


def test_lost_keys(member_id: str, settings: Settings) -> None:
    vault.check()
    (Path(settings.REGULARS_HOME) / "secrets" / "vault.json").unlink()
    broken = failures()
    assert "gone" in broken["vault"].what
    assert "backup" in broken["vault"].fix


def test_a_member_missing_in_the_lake(lake: Lake, member_id: str) -> None:
    one(("card_no", "A2"))
    assert failures()["members"].what == "1 in the lake, 2 active in the ledger"


def test_facts_of_a_member_who_is_not_there(lake: Lake, member_id: str) -> None:
    with lake.transaction() as writing:
        put(writing, "orders", [order("o9", "mnobody")])
        put(writing, "order_lines", [line("o9", "mnobody")])
    broken = failures()
    assert broken["orders owners"].what == "1 rows name a member who is not there"
    assert broken["order_lines owners"].fix


def test_an_order_that_differs_from_its_lines(lake: Lake, member_id: str) -> None:
    with lake.transaction() as writing:
        put(writing, "orders", [order("o2", member_id)])
    assert "1 orders differ" in failures()["orders"].what


@pytest.mark.parametrize(
    "value", ["call 13812345678", "+12025550123", "li.na@shop.cn", "tel:+8613812345678;"]
)
def test_a_plain_identifier_in_a_free_text_column(lake: Lake, member_id: str, value: str) -> None:
    with lake.transaction() as writing:
        put(writing, "member_attributes", [attribute(member_id, "note", value)])
    assert "the column value" in failures()["lake member_attributes"].what


@pytest.mark.parametrize("value", ["31198459044", "1234567", "a+b@c", "2024-01-01", "138123"])
def test_numbers_that_are_no_phones(lake: Lake, member_id: str, value: str) -> None:
    with lake.transaction() as writing:
        put(writing, "member_attributes", [attribute(member_id, "note", value)])
    assert failures() == {}


def test_a_damaged_table(lake: Lake, member_id: str) -> None:
    for file in (lake.root / "order_lines").rglob("*.parquet"):
        file.write_bytes(b"not parquet")
    assert "lake order_lines" in failures()


def test_a_plain_identifier_in_the_ledger_s_file(tmp_path: Path) -> None:
    file = tmp_path / "ledger"
    file.write_bytes(b"\x00" * 5000 + b"\x07li.na@shop.cn\x00" + b"\x01+8613812345678\x00")
    assert plain_values._hits_in(file) == (2, 5000 + 15 + 16)
    file.write_bytes(bytes(range(256)) * 100)
    assert plain_values._hits_in(file)[0] == 0


def test_a_source_behind_a_hash_is_no_e_mail(tmp_path: Path) -> None:
    file = tmp_path / "ledger"
    file.write_bytes(
        b"\xfeWVA@till.receipts2026\x00+gA9@kdbjqebvwtill.receipts2026\x00li.na@shop.cn"
    )
    assert plain_values._hits_in(file)[0] == 3
    assert plain_values._hits_in(file, (b"till.receipts",))[0] == 1


def test_packages_that_break(monkeypatch: pytest.MonkeyPatch) -> None:
    known: dict[str, Any] = {"duckdb": "2.0.0", "sqlglot": "30.18.1"}
    real: Callable[[str], str] = metadata.version
    monkeypatch.setattr(metadata, "version", lambda name: known.get(name) or real(name))
    broken = {each.part: each for each in installation.versions() if each.health == Health.FAILED}
    assert {part: each.fix for part, each in broken.items()} == {
        "duckdb": "Install 1.5 or newer and below 1.6",
        "sqlglot": "Install 26 or newer and below 30.18",
    }


def test_the_command_s_exit_code(lake: Lake, member_id: str) -> None:
    app = typer.Typer()
    doctor.register(app)
    assert CliRunner().invoke(app).exit_code == 0
    Member.objects.create(member_id="mx", source="crm", created_at=datetime.now(UTC))
    result = CliRunner().invoke(app)
    assert result.exit_code == 1
    assert "2 active" in result.stdout


def test_every_failure_says_what_to_do(lake: Lake, member_id: str) -> None:
    with lake.transaction() as writing:
        put(writing, "orders", [order("o9", "mnobody")])
        writing.remove("members", pa.table({"member_id": [member_id]}))
    broken = failures()
    assert set(broken) == {"members", "orders", "orders owners", "order_lines owners"}
    assert all(finding.fix for finding in broken.values())
