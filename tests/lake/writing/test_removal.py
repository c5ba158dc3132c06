"""Rows leave a table by key, and whoever owned them counts as changed."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest

from regulars.base.errors import ContractError
from regulars.lake import Lake
from regulars.lake.contracts import contract


def _members(*ids: str) -> pa.Table:
    schema = contract("members").arrow_schema
    empty = dict.fromkeys(schema.names)
    return pa.Table.from_pylist(
        [{**empty, "member_id": each, "source": "crm"} for each in ids], schema=schema
    )


def _ids(lake: Lake) -> list[str]:
    with lake.snapshot() as snapshot:
        column = snapshot.table("members").select("member_id").to_pyarrow()
    return sorted(column.column("member_id").to_pylist())


def test_only_the_named_rows_go(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    with lake.transaction() as transaction:
        transaction.upsert("members", _members("m1", "m2", "m3"))
    with lake.transaction() as transaction:
        gone = transaction.remove("members", pa.table({"member_id": ["m2", "m9"]}))
    assert gone == 1
    assert _ids(lake) == ["m1", "m3"]
    with lake.snapshot() as snapshot:
        changed = snapshot.changed_members(since=1).to_pyarrow().to_pylist()
    assert changed == [{"member_id": "m2"}]


def test_removing_nothing_makes_no_commit(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    with lake.transaction() as transaction:
        transaction.upsert("members", _members("m1"))
    with lake.transaction() as transaction:
        assert transaction.remove("members", pa.table({"member_id": ["m9"]})) == 0
        assert transaction.remove("orders", pa.table({"order_id": ["o1"]})) == 0
    assert lake.snapshot().sequence == 1


def test_keys_must_be_the_contract_s(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    with pytest.raises(ContractError, match="removed by"), lake.transaction() as transaction:
        transaction.remove("members", pa.table({"guide_id": ["g1"]}))


def test_rows_come_and_go_in_one_writing(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    with lake.transaction() as transaction:
        transaction.upsert("members", _members("m1", "m2", "m3"))
    new = pa.concat_tables([_members("m3", "m4"), _members("m2")])
    with lake.transaction() as transaction:
        count = transaction.upsert("members", new, gone=pa.table({"member_id": ["m1", "m3", "m9"]}))
    # What comes stays, also when its key is named among those that go.
    assert (count.new, count.changed, count.same, count.removed) == (1, 0, 2, 1)
    assert _ids(lake) == ["m2", "m3", "m4"]
    with lake.transaction() as transaction:
        none = _members().slice(0, 0)
        assert (
            transaction.upsert("members", none, gone=pa.table({"member_id": ["m2"]})).removed == 1
        )
    assert _ids(lake) == ["m3", "m4"]
