"""Compaction and vacuum change files, never what is read."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from regulars.lake import Lake
from tests.lake.sales_rows import Line, changed_members, held_lines, line_rows

DAYS = (date(2017, 1, 15), date(2017, 2, 15))


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    lake = Lake(tmp_path / "lake")
    for number in range(4):
        lines = [Line(f"o{number}-{day}", member_id=f"m{9 - number}", day=day) for day in DAYS]
        with lake.transaction() as transaction:
            transaction.append("order_lines", line_rows(lines))
    return lake


def test_compaction_leaves_one_sorted_file_per_partition(lake: Lake) -> None:
    before, early = held_lines(lake), lake.snapshot().table("order_lines")
    lake.compact()
    files = {table.name: (table.files, table.rows) for table in lake.tables()}
    assert files == {"order_lines": (2, 8), "member_changes": (1, 4)}
    assert held_lines(lake) == before
    assert early.count().to_pyarrow().as_py() == 8
    one_month = lake.snapshot().table("order_lines").filter(lambda t: t.business_month == "2017-01")
    assert one_month.member_id.to_pyarrow().to_pylist() == ["m6", "m7", "m8", "m9"]


def test_a_compacted_lake_is_left_alone(lake: Lake) -> None:
    lake.compact()
    sequence = lake.snapshot().sequence
    lake.compact()
    assert lake.snapshot().sequence == sequence


def test_changes_mean_the_same_after_compaction(lake: Lake) -> None:
    with lake.transaction() as transaction:
        transaction.upsert("order_lines", line_rows([Line("o9", member_id="m9")]))
    before = [changed_members(lake, since=since) for since in range(7)]
    assert before[:6] == [
        {"m9", "m8", "m7", "m6"},
        {"m8", "m7", "m6", "m9"},
        {"m7", "m6", "m9"},
        {"m6", "m9"},
        {"m9"},
        set(),
    ]
    lake.compact()
    assert [changed_members(lake, since=since) for since in range(7)] == before
    changes = lake.snapshot().table("member_changes")
    assert changes.count().to_pyarrow().as_py() == 4


def test_many_small_files_of_a_month_become_one(lake: Lake) -> None:
    assert not lake.is_crowded()
    assert lake.join_small_files() == 0
    for number in range(29):
        line = Line(f"p{number}", member_id="m1", day=DAYS[1])
        with lake.transaction() as transaction:
            transaction.append("order_lines", line_rows([line]))
    before, changes = held_lines(lake), [changed_members(lake, since=n) for n in (0, 3, 32)]
    assert lake.is_crowded()
    assert lake.join_small_files() == 33 + 33
    assert not lake.is_crowded()
    files = {table.name: (table.files, table.rows) for table in lake.tables()}
    assert files == {"order_lines": (4 + 1, 8 + 29), "member_changes": (1, 5)}
    assert held_lines(lake) == before
    assert [changed_members(lake, since=n) for n in (0, 3, 32)] == changes


def test_vacuum_sweeps_what_no_commit_ever_named(lake: Lake) -> None:
    left = lake.root / "order_lines" / "business_month=2017-01" / "part-of-a-dead-writer.parquet"
    left.write_bytes(b"half a file")
    assert lake.vacuum(keep_hours=24) == 0
    assert left.exists()
    assert lake.vacuum(keep_hours=0) == 1
    assert not left.exists()


def test_vacuum_keeps_what_recent_commits_use(lake: Lake) -> None:
    held = held_lines(lake)
    lake.compact()
    assert lake.vacuum() == 0
    assert lake.vacuum(keep_hours=0) == 8 + 4
    assert held_lines(lake) == held
    assert len(list(lake.root.rglob("*.parquet"))) == 3
    sequence = lake.snapshot().sequence
    assert lake.vacuum(keep_hours=0) == 0
    assert lake.snapshot().sequence == sequence
