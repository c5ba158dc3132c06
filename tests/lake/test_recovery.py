"""A lake that was copied, damaged or left by a dead writer is put right or named."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest
from deltalake import DeltaTable, write_deltalake

from regulars.base.errors import LakeError
from regulars.lake import Lake
from tests.lake.sales_rows import Line, changed_members, held_lines, line_rows, stage_rows

MANIFEST = "_manifest.json"


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    lake = Lake(tmp_path / "lake")
    for order in ("o1", "o2"):
        with lake.transaction() as transaction:
            transaction.append("order_lines", line_rows([Line(order)]))
    return lake


def test_tables_copied_without_their_manifest_are_adopted(lake: Lake, tmp_path: Path) -> None:
    copy = Lake(tmp_path / "copy" / "lake")
    shutil.copytree(lake.root, copy.root, ignore=shutil.ignore_patterns("_*.json"))
    for table in ("order_lines", "member_changes"):
        shutil.copytree(lake.root / table, copy.root / table, dirs_exist_ok=True)
    assert held_lines(copy) == {Line("o1"), Line("o2")}
    # The numbers go on, so "changed since" still means what it meant in the lake copied from.
    assert copy.snapshot().sequence == 3
    with copy.transaction() as transaction:
        transaction.append("order_lines", line_rows([Line("o3", member_id="m3")]))
    assert changed_members(copy, since=3) == {"m3"}
    assert changed_members(copy, since=1) == {"m1", "m3"}


def test_a_commit_nobody_published_is_taken_back_by_the_next_writer(lake: Lake) -> None:
    ahead = DeltaTable(lake.root / "order_lines")
    ahead.delete("order_id = 'o1'")
    assert DeltaTable(lake.root / "order_lines").version() == 3
    assert held_lines(lake) == {Line("o1"), Line("o2")}
    with lake.transaction() as transaction:
        transaction.append("order_lines", line_rows([Line("o3")]))
    assert held_lines(lake) == {Line("o1"), Line("o2"), Line("o3")}


def test_a_table_nobody_published_is_dropped_and_a_strangers_folder_is_not(lake: Lake) -> None:
    stranger = lake.root / "notes"
    stranger.mkdir()
    shutil.copytree(lake.root / "order_lines", lake.root / "orders")
    with lake.transaction():
        pass
    assert not (lake.root / "orders").exists()
    assert stranger.exists()


def test_what_a_dead_process_left_in_staging_goes(lake: Lake) -> None:
    staging = lake.root.parent / "staging"
    left = staging / "lake-999999999-0"
    left.mkdir(parents=True)
    (staging / "upload.csv").write_text("not ours")
    with lake.transaction():
        pass
    assert not left.exists()
    assert (staging / "upload.csv").exists()


def test_a_missing_table_is_named(lake: Lake) -> None:
    shutil.rmtree(lake.root / "order_lines")
    with (
        pytest.raises(LakeError, match="names version 2 of a table that is not there"),
        lake.transaction(),
    ):
        pass


def test_a_manifest_that_cannot_be_read_is_named(lake: Lake) -> None:
    (lake.root / MANIFEST).write_text('{"format": 1')
    with pytest.raises(LakeError, match=r"the manifest cannot be read: .*backup"):
        lake.snapshot()


def test_a_manifest_of_a_later_format_is_not_guessed_at(lake: Lake) -> None:
    (lake.root / MANIFEST).write_text('{"format": 2}')
    with pytest.raises(LakeError, match="has format 2, this version knows 1"):
        lake.snapshot()


def test_a_table_written_under_an_older_contract_reads_and_grows(tmp_path: Path) -> None:
    lake = Lake(tmp_path / "lake")
    day = date(2018, 1, 1)
    rows = stage_rows(day, "m1", "m2")
    with lake.transaction() as transaction:
        transaction.replace_partition("features/lifecycle", rows, partition={"as_of": day})
    # As if an older version had written it: one column had another name.
    folder = lake.root / "features" / "lifecycle"
    old = rows.rename_columns(["stage" if n == "lifecycle_stage" else n for n in rows.schema.names])
    write_deltalake(folder, old, mode="overwrite", schema_mode="overwrite", partition_by="as_of")
    (lake.root / MANIFEST).unlink()

    held = lake.snapshot().table("features/lifecycle").to_pyarrow()
    assert held.schema.names == rows.schema.names
    assert held.column("lifecycle_stage").to_pylist() == [None, None]
    with lake.transaction() as transaction:
        newer, nobody = stage_rows(day, "m2"), stage_rows(day).select(["member_id"])
        transaction.revise("features/lifecycle", newer, gone=nobody, partition={"as_of": day})
    held = lake.snapshot().table("features/lifecycle").order_by("member_id").to_pyarrow()
    assert held.column("lifecycle_stage").to_pylist() == [None, "growth"]
    schema = DeltaTable(folder).schema()
    assert [field.name for field in schema.fields] == [*rows.schema.names, "revision", "gone"]
