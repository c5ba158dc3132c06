"""``member_changes`` names exactly the members whose facts a commit changed."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from regulars.lake import Lake
from tests.lake.sales_rows import Line, changed_members, line_rows, order_rows, stage_rows


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    lake = Lake(tmp_path / "lake")
    lines = [Line("o1", member_id="m1"), Line("o2", member_id="m2"), Line("o3", member_id=None)]
    with lake.transaction() as transaction:
        transaction.append("order_lines", line_rows(lines))
        transaction.append("orders", order_rows(lines))
    return lake


def test_an_append_names_its_members_once(lake: Lake) -> None:
    rows = lake.snapshot().table("member_changes").order_by("member_id").to_pyarrow().to_pylist()
    assert rows == [{"member_id": "m1", "sequence": 1}, {"member_id": "m2", "sequence": 1}]


def test_a_row_that_changes_hands_names_both(lake: Lake) -> None:
    with lake.transaction() as transaction:
        transaction.upsert("order_lines", line_rows([Line("o1", member_id="m7")]))
    assert changed_members(lake, since=1) == {"m1", "m7"}


def test_a_row_that_stays_the_same_names_nobody(lake: Lake) -> None:
    with lake.transaction() as transaction:
        rows = [Line("o1", member_id="m1"), Line("o2", member_id="m2", net=Decimal(8))]
        transaction.upsert("order_lines", line_rows(rows))
    assert changed_members(lake, since=1) == {"m2"}


def test_a_row_that_loses_its_line_names_its_owner(lake: Lake) -> None:
    with lake.transaction() as transaction:
        transaction.upsert("order_lines", line_rows([Line("o2", "2", member_id=None)]))
    assert changed_members(lake, since=1) == {"m2"}


def test_a_replaced_partition_names_old_and_new(lake: Lake) -> None:
    with lake.transaction() as transaction:
        transaction.replace_partition(
            "order_lines",
            line_rows([Line("o5", member_id="m5")]),
            partition={"business_month": "2017-01"},
        )
    assert changed_members(lake, since=1) == {"m1", "m2", "m5"}


def test_features_and_logs_change_nobody(lake: Lake) -> None:
    day = date(2018, 1, 1)
    with lake.transaction() as transaction:
        rows = stage_rows(day, "m1")
        transaction.replace_partition("features/lifecycle", rows, partition={"as_of": day})
    assert lake.snapshot().sequence == 2
    assert changed_members(lake, since=1) == set()
