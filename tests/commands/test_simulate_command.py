"""``regulars simulate`` writes a chain and says how much of it."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from regulars.base.errors import ConfigurationError, RuleError
from regulars.server.cli import mounted


def run(*words: str) -> tuple[int, str]:
    result = CliRunner(env={"COLUMNS": "200"}).invoke(mounted("simulate"), ["simulate", *words])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.output


def test_it_says_what_it_wrote(tmp_path: Path) -> None:
    out = tmp_path / "chain"
    code, output = run("--members", "120", "--months", "2", "--seed", "4", "--out", str(out))

    assert code == 0
    lines = sum(
        len(path.read_text("gb18030").splitlines()) - 1 for path in out.glob("raw/pos/orders_*.csv")
    )
    assert "120 members" in output
    assert "from 2025-05-01 to 2025-06-30" in output
    assert lines > 100
    assert (out / "truth/manifest.json").exists()


def test_the_end_of_the_history_can_be_chosen(tmp_path: Path) -> None:
    words = ("--members", "60", "--months", "1", "--until", "2024-03-01")
    code, output = run(*words, "--out", str(tmp_path / "chain"))

    assert code == 0
    assert "from 2024-02-01 to 2024-02-29" in output
    assert (tmp_path / "chain/raw/pos/orders_2024-02.csv").exists()


def test_bad_arguments_say_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(RuleError, match="members: 0 is not possible"):
        run("--members", "0", "--out", str(tmp_path / "chain"))
    with pytest.raises(ConfigurationError, match="the folder is not empty"):
        run("--members", "60", "--out", str(Path(__file__).parent))
    assert run("--members", "60")[0] == 2
    assert list(tmp_path.iterdir()) == []
