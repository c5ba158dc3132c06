"""Commands that read the ledger bring its tables up to date first, as after an upgrade."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from regulars.server import processes
from regulars.server.cli import mounted

pytestmark = pytest.mark.django_db


class ReachedError(Exception):
    """The tables would be brought up to date now."""


@pytest.mark.parametrize(
    "words",
    [
        ("refresh",),
        ("tags", "list"),
        ("tags", "install"),
        ("tags", "refresh"),
        ("tags", "import", "tags.csv", "--system", "crm"),
        ("lookalike", "--rule", "did order count >= 1"),
        ("tidy",),
    ],
    ids=" ".join,
)
def test_the_ledger_is_migrated_before_anything_is_written(
    words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def reached() -> None:
        raise ReachedError

    (tmp_path / "tags.csv").write_text("member_id,tag,value\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(processes, "migrate", reached)
    result = CliRunner().invoke(mounted(), list(words))
    assert isinstance(result.exception, ReachedError)
