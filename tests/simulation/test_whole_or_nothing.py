"""What cannot be simulated is refused with a reason, and leaves nothing behind."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from regulars.base.errors import ConfigurationError, RuleError
from regulars.science.simulation import SimulationOptions, simulate
from regulars.science.simulation.output.files import Files

GOOD = SimulationOptions(members=50, months=2, seed=1)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"members": 0}, "members: 0 is not possible. Use a number from 1 to 20,000,000"),
        ({"months": 121}, "months: 121 is not possible. Use a number from 1 to 120"),
        ({"seed": -1}, "seed: -1 is not possible"),
        ({"until": date(2025, 6, 30)}, "inside a month. Use the first of a month, such as 2025-06"),
        ({"until": date(2036, 1, 1)}, "The lunar calendar is known from 2015-03-01 to 2035-12-31"),
        ({"until": date(2015, 4, 1)}, "would run from 2015-02-01 to 2015-04-01"),
    ],
)
def test_impossible_arguments_are_refused(arguments: dict[str, Any], said: str) -> None:
    with pytest.raises(RuleError, match=said.replace(".", r"\.")):
        SimulationOptions(**{"members": 50, "months": 2, "seed": 1, **arguments})


def test_a_folder_with_something_in_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out/mine.txt").write_text("mine")

    with pytest.raises(ConfigurationError, match="the folder is not empty"):
        simulate(GOOD, tmp_path / "out")

    assert [path.name for path in tmp_path.rglob("*")] == ["out", "mine.txt"]


def test_a_file_in_the_way_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("mine")

    with pytest.raises(ConfigurationError, match="this is a file"):
        simulate(GOOD, tmp_path / "out")

    assert (tmp_path / "out").read_text() == "mine"


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")

    with pytest.raises(ConfigurationError, match="the files cannot be written: ") as refused:
        simulate(GOOD, tmp_path / "file" / "out")

    assert refused.value.where == str(tmp_path / "file" / "out")


def test_a_full_disk_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Files, "table", full)
    with pytest.raises(ConfigurationError, match="cannot be written: No space left on device"):
        simulate(GOOD, tmp_path / "out")

    assert list(tmp_path.iterdir()) == []


def test_an_empty_folder_will_do(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()

    report = simulate(GOOD, tmp_path / "out")

    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["raw", "truth"]
    assert report.rows["truth/people.parquet"] == 53
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out"]


def test_a_stop_half_way_leaves_nothing(tmp_path: Path) -> None:
    class Stopped(BaseException):
        pass

    def stop(_done: int, _total: int) -> None:
        raise Stopped

    with pytest.raises(Stopped):
        simulate(GOOD, tmp_path / "out", on_progress=stop)

    assert list(tmp_path.iterdir()) == []
