"""An erased member is gone from every table, and after a vacuum from the disk."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pytest

from regulars.lake import Lake
from regulars.lake.contracts import contract
from tests.lake.sales_rows import (
    Line,
    changed_members,
    held_lines,
    line_rows,
    order_rows,
    stage_rows,
)

ERASED, KEPT = "m0erased0erased00", "m0kept00kept0000"
LINES = [
    Line("o1", "1", ERASED),
    Line("o2", "1", KEPT),
    Line("o3", "1", ERASED, date(2017, 2, 1), Decimal(3)),
    Line("o4", "1", None),
]


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    lake = Lake(tmp_path / "lake")
    day = date(2018, 1, 1)
    attributes = pa.Table.from_pylist(
        [
            {"member_id": member, "name": "age", "value": "45", "source": "test", "updated_at": at}
            for member in (ERASED, KEPT)
            for at in [datetime(2017, 1, 1, tzinfo=UTC)]
        ],
        schema=contract("member_attributes").arrow_schema,
    )
    with lake.transaction() as transaction:
        transaction.append("orders", order_rows(LINES))
        transaction.append("order_lines", line_rows(LINES))
        transaction.append("member_attributes", attributes)
        rows = stage_rows(day, ERASED, KEPT)
        transaction.replace_partition("features/lifecycle", rows, partition={"as_of": day})
    return lake


def test_every_table_that_knows_the_member_forgets_them_in_one_commit(lake: Lake) -> None:
    with lake.transaction() as transaction:
        erased = transaction.erase_member(ERASED)
    assert erased == {
        "orders": 2,
        "order_lines": 2,
        "member_attributes": 1,
        "features/lifecycle": 1,
        "member_changes": 1,
    }
    assert lake.snapshot().sequence == 2
    assert held_lines(lake) == {LINES[1], LINES[3]}
    assert changed_members(lake, since=0) == {KEPT}
    with lake.transaction() as transaction:
        assert transaction.erase_member(ERASED) == {}
    assert lake.snapshot().sequence == 2


def test_the_vacuum_takes_the_member_off_the_disk(lake: Lake) -> None:
    with lake.transaction() as transaction:
        transaction.erase_member(ERASED)
    assert _files_naming(lake.root, ERASED)
    assert lake.vacuum(keep_hours=24) == 0
    assert lake.vacuum(keep_hours=0) > 0
    assert _files_naming(lake.root, ERASED) == []
    assert _files_naming(lake.root, KEPT)
    assert held_lines(lake) == {LINES[1], LINES[3]}


def test_a_quote_in_an_id_is_only_a_letter(lake: Lake) -> None:
    with lake.transaction() as transaction:
        assert transaction.erase_member("x' OR '1'='1") == {}
    assert held_lines(lake) == set(LINES)


def _files_naming(root: Path, word: str) -> list[str]:
    """Return the data files with the word in them; short strings stand in Parquet as they are."""
    return [path.name for path in root.rglob("*.parquet") if word.encode() in path.read_bytes()]


@pytest.mark.parametrize("others", [0, 1_500])
def test_rows_given_to_another_are_theirs_and_said_by_key(lake: Lake, others: int) -> None:
    """Beyond a thousand members at once they are found another way."""
    many = {f"m{number}": "m0nobody" for number in range(others)}
    with lake.transaction() as transaction:
        given = transaction.give(["order_lines"], {ERASED: KEPT, **many})["order_lines"]
    assert sorted(given.to_pylist(), key=str) == [
        {"order_id": "o1", "line_no": "1", "member_id": ERASED},
        {"order_id": "o3", "line_no": "1", "member_id": ERASED},
    ]
    with lake.snapshot() as snapshot:
        lines = snapshot.table("order_lines").to_pyarrow().to_pylist()
        changed = snapshot.changed_members(since=1).to_pyarrow().column("member_id").to_pylist()
    expected = [
        {**line, "member_id": KEPT if line["member_id"] == ERASED else line["member_id"]}
        for line in line_rows(LINES).to_pylist()
    ]
    assert sorted(lines, key=str) == sorted(expected, key=str)
    assert sorted(changed) == sorted([ERASED, KEPT])


def test_giving_what_nobody_has_makes_no_commit(lake: Lake) -> None:
    with lake.transaction() as transaction:
        assert transaction.give(["order_lines"], {"m0nobody": KEPT})["order_lines"].num_rows == 0
        assert transaction.give(["refunds"], {ERASED: KEPT})["refunds"].num_rows == 0
        assert transaction.give(["order_lines"], {})["order_lines"].num_rows == 0
    assert lake.snapshot().sequence == 1
