"""A snapshot reads every table as one commit left it, typed by its contract."""

from __future__ import annotations

import shutil
import threading
from decimal import Decimal
from pathlib import Path

import pytest
from deltalake import DeltaTable

from regulars.lake import Lake
from regulars.lake.contracts import contract, contracts
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
            assert rows.schema.equals(declared.arrow_schema), declared.name
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
