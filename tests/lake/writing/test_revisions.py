"""Feature rows are revised one by one: the later row of a member holds, for every reader."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest
from deltalake import DeltaTable

from regulars.base.errors import ContractError
from regulars.lake import Lake
from tests.lake.sales_rows import stage_rows

TABLE = "features/lifecycle"
DAY, EARLIER = date(2018, 1, 2), date(2018, 1, 1)
MEMBERS = tuple(f"m{number:02}" for number in range(40))


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    lake = Lake(tmp_path / "lake")
    for day in (EARLIER, DAY):
        with lake.transaction() as transaction:
            rows = stage_rows(day, *MEMBERS)
            transaction.replace_partition(TABLE, rows, partition={"as_of": day})
    return lake


def revise(lake: Lake, *members: str, orders: int = 0, gone: Iterable[str] = ()) -> int:
    rows = stage_rows(DAY, *members)
    position = rows.schema.get_field_index("order_count")
    counts = pa.array([orders] * len(members), pa.int64())
    rows = rows.set_column(position, rows.schema.field(position), counts)
    leaving = pa.table({"member_id": pa.array(list(gone), pa.string())})
    with lake.transaction() as transaction:
        return transaction.revise(TABLE, rows, gone=leaving, partition={"as_of": DAY})


def held(lake: Lake, day: date = DAY) -> dict[str, int]:
    table = lake.snapshot().table(TABLE)
    rows = table.filter(table["as_of"] == day).select("member_id", "order_count").to_pyarrow()
    pairs = [(row["member_id"], row["order_count"]) for row in rows.to_pylist()]
    assert len(dict(pairs)) == len(pairs)
    return dict(pairs)


def held_by_the_contract(lake: Lake, day: date = DAY) -> dict[str, int]:
    """Read the table as a stranger would who knows only Delta and the meaning of the columns."""
    newest: dict[str, dict[str, object]] = {}
    rows = DeltaTable(lake.root / TABLE).to_pyarrow_table().to_pylist()
    for row in sorted(rows, key=lambda row: row["revision"]):
        if row["as_of"] == day:
            newest[row["member_id"]] = row
    return {m: int(str(row["order_count"])) for m, row in newest.items() if not row["gone"]}


def names(lake: Lake) -> list[str]:
    with lake.snapshot() as snapshot:
        version = snapshot.versions[TABLE]
    uris = DeltaTable(lake.root / TABLE, version=version).file_uris()
    return sorted(Path(uri).parent.name + "/" + Path(uri).name.split("-")[0] for uri in uris)


def test_a_later_row_holds(lake: Lake) -> None:
    before = dict.fromkeys(MEMBERS, 0)
    assert revise(lake, "m07", "new", orders=3, gone=["m01"]) == 3
    wanted = {m: n for m, n in (before | {"m07": 3, "new": 3}).items() if m != "m01"}
    assert held(lake) == held_by_the_contract(lake) == wanted
    assert held(lake, EARLIER) == before
    assert names(lake) == ["as_of=2018-01-01/sorted", "as_of=2018-01-02/later",
                           "as_of=2018-01-02/sorted"]  # fmt: skip
    assert lake.snapshot().table(TABLE).count().to_pyarrow().as_py() == 2 * len(MEMBERS)


def test_the_latest_of_several_holds(lake: Lake) -> None:
    revise(lake, "m07", orders=3, gone=["m01"])
    revise(lake, "m07", "m01", orders=5)
    revise(lake, gone=["m07"])
    wanted = {m: 5 if m == "m01" else 0 for m in MEMBERS if m != "m07"}
    assert held(lake) == held_by_the_contract(lake) == wanted


def test_the_partition_is_settled_when_a_tenth_is_revised(lake: Lake) -> None:
    for number, member in enumerate(MEMBERS[:5]):
        assert names(lake)[1:-1] == (["as_of=2018-01-02/later"] if number else [])
        revise(lake, member, orders=1)
    assert names(lake) == ["as_of=2018-01-01/sorted", "as_of=2018-01-02/sorted"]
    wanted = {m: int(m in MEMBERS[:5]) for m in MEMBERS}
    assert held(lake) == held_by_the_contract(lake) == wanted


@pytest.mark.parametrize("way", ["compact", "replace"])
def test_later_rows_go_into_the_whole(lake: Lake, way: str) -> None:
    revise(lake, "m07", orders=3, gone=["m01"])
    wanted = held(lake)
    if way == "compact":
        lake.compact()
    else:
        rows = lake.snapshot().table(TABLE)
        with lake.transaction() as transaction:
            mine = rows.filter(rows["as_of"] == DAY)
            transaction.replace_partition(TABLE, mine, partition={"as_of": DAY})
    assert names(lake) == ["as_of=2018-01-01/sorted", "as_of=2018-01-02/sorted"]
    assert held(lake) == held_by_the_contract(lake) == wanted


def test_an_erased_member_leaves_both_rows(lake: Lake) -> None:
    revise(lake, "m07", "m08", orders=3, gone=["m01"])
    with lake.transaction() as transaction:
        transaction.erase_member("m07")
    wanted = {m: 3 if m == "m08" else 0 for m in MEMBERS if m not in {"m01", "m07"}}
    assert held(lake) == held_by_the_contract(lake) == wanted
    assert "m07" not in held(lake, EARLIER)
    lake.vacuum(keep_hours=0)
    assert not any(b"m07" in path.read_bytes() for path in lake.root.rglob("*.parquet"))


def test_an_older_snapshot_keeps_its_rows(lake: Lake) -> None:
    early = lake.snapshot().table(TABLE)
    revise(lake, "m07", orders=3)
    assert early["order_count"].sum().to_pyarrow().as_py() == 0


def test_only_feature_tables_are_revised_and_only_so(lake: Lake) -> None:
    nobody = pa.table({"member_id": pa.array([], pa.string())})
    with (
        pytest.raises(ContractError, match="only feature tables keep revisions"),
        lake.transaction() as transaction,
    ):
        transaction.revise("members", nobody, gone=nobody, partition={})
    with (
        pytest.raises(ContractError, match="rows of a feature table are revised"),
        lake.transaction() as transaction,
    ):
        transaction.upsert(TABLE, stage_rows(DAY, "m01"))
