"""`regulars load` of a set of mappings: what it prints, and how it ends."""

from __future__ import annotations

import pytest
from pytest_django import Settings
from typer.testing import CliRunner

from regulars.apps.ingest import hooks
from regulars.apps.ingest.tests.shop import GOOD, LINES, Shop, StandIn
from regulars.base.brand import Brand
from regulars.server import cli


@pytest.fixture
def till(db: None, monkeypatch: pytest.MonkeyPatch, settings: Settings) -> Shop:
    """A shop whose set of mappings reads one month of till lines."""
    monkeypatch.setattr(hooks, "_resolver", StandIn())
    settings.REGULARS_BRAND = Brand(name="Test", zone="Asia/Shanghai", currency="CNY", region="CN")
    shop = Shop()
    (shop.home / "mappings" / "chain").mkdir()
    shop.mapping(LINES.replace("../files/lines", "2024-*"), "chain/lines")
    (shop.files / "raw").mkdir()
    shop.csv([GOOD], "raw/2024-05.csv")
    return shop


def test_the_command_loads_a_set_and_fails_when_a_file_did(till: Shop) -> None:
    folder = till.files / "raw"
    (folder / "2024-06.csv").write_text("", encoding="utf-8")
    run = CliRunner(env={"COLUMNS": "120"})
    result = run.invoke(cli.mounted(), ["load", "chain", "--path", str(folder)])
    assert result.exit_code == 1
    assert "the file is empty" in result.output
    till.csv([{**GOOD, "order": "o2"}], "raw/2024-06.csv")
    result = run.invoke(cli.mounted(), ["load", "chain", "--path", str(folder)])
    assert result.exit_code == 0, result.output
    assert "1 files loaded, 1 loaded before, 0 failed: 1 rows read = 1 loaded" in result.output
