"""A snapshot reads every table as one commit left it, typed by its contract."""

from __future__ import annotations

import gc
import shutil
import threading
import weakref
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from deltalake import DeltaTable

from regulars.lake import Lake
from regulars.lake import snapshot as snapshots
from regulars.lake.contracts import contract, contracts
from regulars.lake.engine import held_files as files_held
from regulars.lake.storage import delta
from tests.lake.sales_rows import Line, held_lines, line_rows


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    lake = Lake(tmp_path / "lake")
    with lake.transaction() as transaction:
        transaction.append("order_lines", line_rows([Line("o1"), Line("o2", net=Decimal(2))]))
    return lake


def test_a_table_never_written_is_empty_and_typed(tmp_path: Path) -> None:
    with Lake(tmp_path / "lake").snapshot() as snapshot:
        assert snapshot.sequence == 0
        for declared in contracts():
            rows = snapshot.table(declared.name).to_pyarrow()
            assert rows.num_rows == 0
            assert rows.schema.equals(declared.shown_schema.to_pyarrow()), declared.name
    assert not (tmp_path / "lake").exists()


def test_a_written_table_has_its_contracts_types(lake: Lake) -> None:
    rows = lake.snapshot().table("order_lines").to_pyarrow()
    assert rows.schema.equals(contract("order_lines").arrow_schema)


def test_the_snapshot_is_the_same_until_something_changes(lake: Lake) -> None:
    first = lake.snapshot()
    assert lake.snapshot() is first
    assert Lake(lake.root).snapshot() is first
    with lake.transaction() as transaction:
        transaction.append("order_lines", line_rows([Line("o3")]))
    assert lake.snapshot() is not first


def test_an_old_snapshot_still_reads_its_own_commit(lake: Lake) -> None:
    old = lake.snapshot()
    early = old.table("order_lines")
    with lake.transaction() as transaction:
        transaction.upsert("order_lines", line_rows([Line("o1", net=Decimal(50)), Line("o3")]))
    assert lake.snapshot().table("order_lines").net_amount.sum().to_pyarrow().as_py() == 53
    assert early.net_amount.sum().to_pyarrow().as_py() == 3
    assert old.table("order_lines").count().to_pyarrow().as_py() == 2


def test_tables_of_one_snapshot_join_and_each_thread_has_its_own(lake: Lake) -> None:
    mine = lake.snapshot()
    theirs: list[object] = []

    def read() -> None:
        with lake.snapshot() as snapshot:
            lines = snapshot.table("order_lines")
            joined = lines.left_join(snapshot.table("orders"), "order_id")
            theirs.extend([snapshot, joined.count().to_pyarrow().as_py()])

    thread = threading.Thread(target=read)
    thread.start()
    thread.join()
    assert theirs[0] is not mine
    assert theirs[1] == 2


def test_a_lake_made_anew_at_the_same_place_is_not_taken_for_the_old_one(lake: Lake) -> None:
    assert held_lines(lake) == {Line("o1"), Line("o2", net=Decimal(2))}
    shutil.rmtree(lake.root)
    with lake.transaction() as transaction:
        transaction.append("order_lines", line_rows([Line("o7")]))
    assert held_lines(lake) == {Line("o7")}


def test_the_home_may_have_any_name(tmp_path: Path) -> None:
    lake = Lake(tmp_path / "熟客 o'brien [1]" / "lake")
    for net in (Decimal(1), Decimal(2)):
        with lake.transaction() as transaction:
            transaction.upsert("order_lines", line_rows([Line("o1", net=net), Line("o2")]))
    lake.compact()
    assert held_lines(lake) == {Line("o1", net=Decimal(2)), Line("o2")}


def test_a_child_process_opens_its_own_engine(lake: Lake) -> None:
    mine = lake.snapshot()
    assert mine.table("order_lines").count().to_pyarrow().as_py() == 2
    snapshots._after_fork()
    other = lake.snapshot()
    assert other is not mine
    assert other.connection.con is not mine.connection.con
    assert other.table("order_lines").count().to_pyarrow().as_py() == 2


def test_an_idle_thread_does_not_keep_an_old_commit(lake: Lake) -> None:
    old = weakref.ref(lake.snapshot())
    with lake.transaction() as transaction:
        transaction.append("order_lines", line_rows([Line("o3")]))
    reader = threading.Thread(target=lake.snapshot)
    reader.start()
    reader.join()
    gc.collect()
    assert old() is None


def test_what_the_writer_remembers_of_its_files_is_what_the_log_says(lake: Lake) -> None:
    with lake.transaction() as transaction:
        lines = [Line("o1", net=Decimal(5)), Line("o8", day=date(2017, 5, 1))]
        transaction.upsert("order_lines", line_rows(lines))
    for name, version in lake.snapshot().versions.items():
        remembered = files_held(lake.root, name, version)
        logged = delta.files_of(lake.root / name, version)
        assert set(remembered.data) == set(logged.data)
        assert remembered.columns == logged.columns


def test_plain_delta_readers_see_the_same_rows(lake: Lake) -> None:
    with lake.transaction() as transaction:
        transaction.upsert("order_lines", line_rows([Line("o1", net=Decimal(5))]))
    table = DeltaTable(lake.root / "order_lines")
    assert table.version() == lake.snapshot().versions["order_lines"]
    assert table.metadata().partition_columns == ["business_month"]
    actions = table.get_add_actions(flatten=True)
    assert actions["num_records"].to_pylist() == [2]
    assert actions["max.order_id"].to_pylist() == ["o2"]
    assert actions["null_count.member_id"].to_pylist() == [0]
