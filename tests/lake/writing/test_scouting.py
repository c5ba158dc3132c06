"""A scout spares the writer reading and changes nothing of what is written."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest

from regulars.lake import Lake, UpsertCount
from regulars.lake.contracts import Contract, contract
from regulars.lake.storage.delta import DataFile, Files
from regulars.lake.writing import scouting
from tests.lake.sales_rows import Line, held_lines, line_rows

JANUARY, MARCH = date(2017, 1, 15), date(2017, 3, 15)
OLD = [Line(f"o{number}", day=day) for day in (JANUARY, MARCH) for number in range(day.month, 20)]
HELD = {line.order_id: line for line in OLD}.values()
CORRECTED = [replace(line, net=Decimal("9.00")) for line in HELD if line.day == JANUARY]


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    lake = Lake(tmp_path / "lake")
    with lake.transaction() as transaction:
        transaction.upsert("order_lines", line_rows(HELD))
    return lake


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Return how many files were looked through, each time some were."""
    counts: list[int] = []
    look = scouting.files_with

    def counted(
        cursor: duckdb.DuckDBPyConnection,
        declared: Contract,
        data: Sequence[DataFile],
        files: Files,
        wanted: str,
    ) -> set[str]:
        counts.append(len(data))
        return look(cursor, declared, data, files, wanted)

    monkeypatch.setattr(scouting, "files_with", counted)
    return counts


def _file(folder: Path, lines: Iterable[Line]) -> Path:
    pq.write_table(line_rows(lines), folder / "coming.parquet")
    return folder / "coming.parquet"


def _upserted(lake: Lake, scout: scouting.Scout, lines: Iterable[Line]) -> UpsertCount:
    with lake.transaction(scout=scout) as transaction:
        return transaction.upsert("order_lines", line_rows(lines))


def test_what_was_seen_is_not_read_again(lake: Lake, tmp_path: Path, read: list[int]) -> None:
    with lake.scout() as scout:
        scout.look(contract("order_lines"), _file(tmp_path, CORRECTED))
        assert _upserted(lake, scout, CORRECTED) == UpsertCount(changed=len(CORRECTED))
    assert read == [2, 0]
    assert held_lines(lake) == {*CORRECTED, *(line for line in HELD if line.day == MARCH)}


def test_a_commit_in_between_is_looked_through(lake: Lake, tmp_path: Path, read: list[int]) -> None:
    late = Line("late", day=date(2017, 2, 1))
    moved = replace(late, day=MARCH)
    with lake.scout() as scout:
        scout.look(contract("order_lines"), _file(tmp_path, [*CORRECTED, moved]))
        assert scout.sighting("order_lines") is not None
        with lake.transaction() as transaction:
            transaction.upsert("order_lines", line_rows([late]))
        read.clear()
        count = _upserted(lake, scout, [*CORRECTED, moved])
    assert count == UpsertCount(changed=len(CORRECTED) + 1)
    assert read == [1]
    assert {line for line in held_lines(lake) if line.order_id == "late"} == {moved}


def test_keys_it_was_not_told_of_are_looked_for_everywhere(
    lake: Lake, tmp_path: Path, read: list[int]
) -> None:
    told, *untold = CORRECTED
    with lake.scout() as scout:
        scout.look(contract("order_lines"), _file(tmp_path, [told]))
        assert _upserted(lake, scout, [told, *untold]) == UpsertCount(changed=len(CORRECTED))
    assert read == [2, 2]


def test_without_the_files_it_was_sent_for_the_writer_looks_itself(
    lake: Lake, tmp_path: Path
) -> None:
    with lake.scout() as scout:
        lake.compact()
        lake.vacuum(keep_hours=0)
        scout.look(contract("order_lines"), _file(tmp_path, CORRECTED))
        assert scout.sighting("order_lines") is None
        assert _upserted(lake, scout, CORRECTED) == UpsertCount(changed=len(CORRECTED))


def test_a_table_without_rows_needs_no_scout(tmp_path: Path) -> None:
    lake = Lake(tmp_path / "empty")
    with lake.scout() as scout:
        scout.look(contract("order_lines"), _file(tmp_path, OLD[:1]))
        assert scout.sighting("order_lines") is None
        assert _upserted(lake, scout, OLD[:1]) == UpsertCount(new=1)
