"""A transaction is one commit over all its tables, or nothing."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from regulars.base.errors import LakeBusyError, LakeError
from regulars.lake import Lake, UpsertCount
from tests.lake.sales_rows import Line, held_lines, line_rows, order_rows, stage_rows

FIRST = [Line("o1", "1"), Line("o1", "2"), Line("o2", day=date(2017, 2, 1))]


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    lake = Lake(tmp_path / "lake")
    with lake.transaction(note="first") as transaction:
        transaction.append("orders", order_rows(FIRST))
        transaction.append("order_lines", line_rows(FIRST))
    return lake


def test_tables_of_one_commit_appear_together(lake: Lake) -> None:
    with lake.snapshot() as snapshot:
        assert snapshot.sequence == 1
        assert snapshot.table("orders").count().to_pyarrow().as_py() == 2
        assert snapshot.table("order_lines").count().to_pyarrow().as_py() == 3
        assert set(snapshot.versions) == {"orders", "order_lines", "member_changes"}
        assert snapshot.has("orders")
        assert not snapshot.has("products")


def test_an_exception_takes_every_table_back(lake: Lake) -> None:
    before = lake.snapshot().sequence
    day = date(2018, 1, 1)

    def write_and_fail() -> None:
        with lake.transaction() as transaction:
            transaction.append("orders", order_rows([Line("o3")]))
            transaction.upsert("order_lines", line_rows([Line("o1", "1", net=Decimal(9))]))
            rows = stage_rows(day, "m1")
            transaction.replace_partition("features/lifecycle", rows, partition={"as_of": day})
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write_and_fail()
    with lake.snapshot() as snapshot:
        assert snapshot.sequence == before
        assert snapshot.table("orders").count().to_pyarrow().as_py() == 2
        assert not snapshot.has("features/lifecycle")
    assert held_lines(lake) == set(FIRST)
    assert not (lake.root / "features" / "lifecycle").exists()
    with lake.transaction() as transaction:
        assert transaction.append("order_lines", line_rows([Line("o3")])) == 1
    assert held_lines(lake) == {*FIRST, Line("o3")}


def test_a_transaction_reads_its_own_writes_and_others_do_not(lake: Lake) -> None:
    with lake.transaction() as transaction:
        transaction.upsert("order_lines", line_rows([Line("o3"), Line("o4")]))
        own = transaction.snapshot()
        assert own.sequence == transaction.sequence == 2
        assert own.table("order_lines").count().to_pyarrow().as_py() == 5
        assert lake.snapshot().table("order_lines").count().to_pyarrow().as_py() == 3
    assert lake.snapshot().table("order_lines").count().to_pyarrow().as_py() == 5


def test_nothing_new_makes_no_commit(lake: Lake) -> None:
    manifest = (lake.root / "_manifest.json").read_bytes()
    with lake.transaction() as transaction:
        count = transaction.upsert("order_lines", line_rows(FIRST))
        assert transaction.upsert("orders", order_rows(FIRST)) == UpsertCount(same=2)
        assert transaction.upsert("order_lines", line_rows([])) == UpsertCount()
    assert count == UpsertCount(same=3)
    assert (lake.root / "_manifest.json").read_bytes() == manifest


def test_a_corrected_order_replaces_its_lines(lake: Lake) -> None:
    corrected = [Line("o1", "1", day=date(2017, 3, 1)), Line("o1", "3", "m2")]
    with lake.transaction() as transaction:
        count = transaction.upsert("order_lines", line_rows(corrected))
    assert count == UpsertCount(new=1, changed=1, removed=1)
    assert held_lines(lake) == {*corrected, FIRST[2]}


def test_a_partition_is_replaced_whole(lake: Lake) -> None:
    first, second = date(2018, 1, 1), date(2018, 1, 2)
    for as_of, members in (
        (first, ("m1", "m2")),
        (second, ("m1",)),
        (first, ("m3",)),
        (second, ()),
    ):
        with lake.transaction() as transaction:
            rows = stage_rows(as_of, *members)
            written = transaction.replace_partition(
                "features/lifecycle", rows.drop_columns(["as_of"]), partition={"as_of": as_of}
            )
        assert written == len(members)
    held = lake.snapshot().table("features/lifecycle").to_pyarrow().to_pylist()
    assert [(row["member_id"], row["as_of"]) for row in held] == [("m3", first)]


def test_a_second_writer_waits_and_then_says_so(lake: Lake) -> None:
    with (
        lake.transaction(),
        pytest.raises(LakeBusyError, match="another writer is still at work after 0 s"),
        lake.transaction(wait_seconds=0),
    ):
        pass
    with lake.transaction(wait_seconds=0) as transaction:
        transaction.append("order_lines", line_rows([Line("o9")]))


def test_a_transaction_that_is_over_refuses_writes(lake: Lake) -> None:
    with lake.transaction() as transaction:
        pass
    with pytest.raises(LakeError, match="the transaction is over"):
        transaction.append("order_lines", line_rows([Line("o9")]))
    assert held_lines(lake) == set(FIRST)


def test_the_commit_note_is_kept(lake: Lake) -> None:
    manifest = json.loads((lake.root / "_manifest.json").read_text())
    assert (manifest["sequence"], manifest["note"]) == (1, "first")
