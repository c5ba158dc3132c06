"""An open table has the columns its rows brought, in every version its own."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from deltalake import DeltaTable

from regulars.base.errors import ContractError
from regulars.lake import Lake

DAY = date(2024, 1, 1)


def tags(**columns: list[Any]) -> pa.Table:
    count = len(columns["member_id"])
    return pa.table({**columns, "as_of": [DAY] * count})


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    lake = Lake(tmp_path / "lake")
    rows = tags(
        member_id=[f"m{n:02}" for n in range(40)],
        band=pa.array(["high", None] * 20).dictionary_encode(),
        spent=[1.5] * 40,
    )
    with lake.transaction() as transaction:
        transaction.replace_partition("tags", rows, partition={})
    return lake


def one(lake: Lake, member: str) -> dict[str, Any]:
    rows = lake.snapshot().rows_of("tags", [member]).to_pylist()
    return rows[0] if rows else {}


def test_columns_come_with_the_rows(lake: Lake) -> None:
    assert one(lake, "m00") == {"member_id": "m00", "as_of": DAY, "band": "high", "spent": 1.5}
    assert one(lake, "m01")["band"] is None
    table = lake.snapshot().table("tags")
    assert table.filter(table["band"] == "high").count().to_pyarrow().as_py() == 20
    assert lake.snapshot().columns("tags")["spent"] == "float64"
    assert {"band", "spent"} < set(DeltaTable(lake.root / "tags").to_pyarrow_table().column_names)


def test_a_replacement_brings_columns_of_its_own(lake: Lake) -> None:
    before = lake.snapshot()
    with lake.transaction() as transaction:
        rows = tags(member_id=["m01"], spent=["a lot"])
        transaction.replace_partition("tags", rows, partition={})
    assert one(lake, "m01") == {"member_id": "m01", "as_of": DAY, "spent": "a lot"}
    assert before.table("tags").count().to_pyarrow().as_py() == 40


def test_rows_are_revised_and_leave(lake: Lake) -> None:
    with lake.transaction() as transaction:
        rows = tags(member_id=["m01"], band=["low"], spent=[2.0])
        gone = pa.table({"member_id": ["m02"]})
        transaction.revise("tags", rows, gone=gone, partition={})
    assert one(lake, "m01") == {"member_id": "m01", "as_of": DAY, "band": "low", "spent": 2.0}
    assert one(lake, "m02") == {}


def test_a_revision_keeps_to_the_columns_there_are(lake: Lake) -> None:
    rows = tags(member_id=["m01"], band=["low"])
    nobody = pa.table({"member_id": pa.array([], pa.string())})

    def revise() -> None:
        with lake.transaction() as transaction:
            transaction.revise("tags", rows, gone=nobody, partition={})

    with pytest.raises(ContractError, match="missing column spent"):
        revise()
    assert one(lake, "m01")["spent"] == 1.5


def test_other_types_are_refused(lake: Lake) -> None:
    rows = tags(member_id=["m01"], born=[DAY])

    def replace() -> None:
        with lake.transaction() as transaction:
            transaction.replace_partition("tags", rows, partition={})

    with pytest.raises(ContractError, match="neither text nor a number"):
        replace()
    assert one(lake, "m00")["band"] == "high"


def test_compaction_and_erasure_know_the_columns(lake: Lake) -> None:
    with lake.transaction() as transaction:
        rows = tags(member_id=["m01"], band=["low"], spent=[2.0])
        nobody = pa.table({"member_id": pa.array([], pa.string())})
        transaction.revise("tags", rows, gone=nobody, partition={})
    with lake.transaction() as transaction:
        assert transaction.erase_member("m00") == {"tags": 1}
    lake.compact()
    assert one(lake, "m00") == {}
    assert one(lake, "m01")["band"] == "low"
    assert one(lake, "m04")["band"] == "high"


def test_rows_promised_in_order_are_held_to_it(lake: Lake) -> None:
    ids = [f"n{n:06}" for n in range(60_000)]
    with lake.transaction() as transaction:
        rows = tags(member_id=ids, band=["high"] * len(ids))
        transaction.replace_partition("tags", rows, partition={}, in_order=True)
    (file,) = DeltaTable(lake.root / "tags").file_uris()
    groups = pq.ParquetFile(file)
    assert groups.num_row_groups == 3
    found = [groups.read_row_group(n)["member_id"].to_pylist() for n in range(3)]
    assert [one for group in found for one in group] == ids
    for wrong in (["m2", "m1"], ["m1", "m1"]):
        rows = tags(member_id=wrong, band=["low"] * 2)
        with (
            lake.transaction() as transaction,
            pytest.raises(ContractError, match="member_id does not rise in 1 of 2 rows"),
        ):
            transaction.replace_partition("tags", rows, partition={}, in_order=True)
    assert one(lake, "n000001")["band"] == "high"
