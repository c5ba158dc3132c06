"""Rows that break their contract are refused by name, and nothing of their commit stays."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from regulars.base.errors import ContractError, UnknownTableError
from regulars.lake import Lake
from regulars.lake.contracts import Column, Contract, contract, contracts
from tests.lake.sales_rows import Line, held_lines, line_rows, stage_rows

GOOD = line_rows([Line("o1"), Line("o2"), Line("o3")])


def _with(name: str, values: pa.Array) -> pa.Table:
    return GOOD.set_column(GOOD.schema.get_field_index(name), name, values)


REFUSED: dict[str, tuple[pa.Table, str]] = {
    "missing": (GOOD.drop_columns(["flags"]), "table order_lines: missing column flags"),
    "unknown": (GOOD.append_column("colour", pa.nulls(3)), "unknown column colour"),
    "float money": (
        _with("net_amount", pa.array([1.0, 2.0, 3.0])),
        "column net_amount: wrong type double, the contract says decimal(18, 2)",
    ),
    "naive time": (
        _with("ordered_at", pa.array([datetime(2017, 1, 1)] * 3)),  # noqa: DTZ001 that is the fault
        "column ordered_at: wrong type timestamp[us]",
    ),
    "text as number": (_with("item_count", pa.array(["1", "2", "3"])), "wrong type string"),
    "null": (
        _with("store_id", pa.array(["s1", None, "s1"])),
        "store_id: a value is missing in 1 of 3 rows, first row 1: order_id='o2', line_no='1', ",
    ),
    "too many decimals": (
        _with("net_amount", pa.array([Decimal("1.000"), Decimal("1.005"), Decimal("2.000")])),
        "row 1: order_id='o2', line_no='1', net_amount=Decimal('1.005')",
    ),
    "money too large": (
        _with("net_amount", pa.array([Decimal("1.00"), Decimal("1.00"), Decimal(10) ** 17])),
        "in 1 of 3 rows, first row 2: order_id='o3'",
    ),
    "wrong month": (
        _with("business_month", pa.array(["2017-01", "2017-01", "2017-02"])),
        "broken: business_month is the month of business_date in 1 of 3 rows, first row 2",
    ),
    "currency": (_with("currency", pa.array(["CNY", "cny", "CNY"])), "three capital letters"),
    "same key": (
        line_rows([Line("o1"), Line("o2"), Line("o2", net=Decimal(7))]),
        "two incoming rows have the same key: order_id='o2', line_no='1'",
    ),
}


@pytest.mark.parametrize("fault", REFUSED)
def test_a_broken_row_is_refused(fault: str, tmp_path: Path) -> None:
    rows, message = REFUSED[fault]
    lake = Lake(tmp_path / "lake")
    with pytest.raises(ContractError) as refusal, lake.transaction() as transaction:
        transaction.upsert("order_lines", rows)
    assert message in str(refusal.value)
    assert "order_lines" in refusal.value.where
    assert held_lines(lake) == set()
    assert lake.snapshot().sequence == 0
    assert lake.tables() == []


def test_a_fault_late_in_a_stream_takes_back_what_came_before(tmp_path: Path) -> None:
    lake = Lake(tmp_path / "lake")
    good = line_rows([Line("o1")])
    bad = line_rows([Line("o2")]).set_column(2, "member_id", pa.array(["m1"]))
    bad = bad.set_column(bad.schema.get_field_index("currency"), "currency", pa.array(["?"]))
    stream = pa.RecordBatchReader.from_batches(
        good.schema, [*good.to_batches(), *bad.cast(good.schema).to_batches()]
    )
    with pytest.raises(ContractError, match="row 1: order_id='o2'"), lake.transaction() as writing:
        writing.append("order_lines", stream)
    assert held_lines(lake) == set()
    assert list((tmp_path / "lake").rglob("*.parquet")) == []


def test_what_a_stream_itself_raises_comes_out_unchanged(tmp_path: Path) -> None:
    class SourceGoneError(Exception):
        pass

    def batches() -> object:
        yield from GOOD.to_batches()
        raise SourceGoneError

    lake = Lake(tmp_path / "lake")
    stream = pa.RecordBatchReader.from_batches(GOOD.schema, batches())
    with pytest.raises(SourceGoneError), lake.transaction() as transaction:
        transaction.append("order_lines", stream)


CASTS: dict[str, Callable[[], pa.Array]] = {
    "net_amount": lambda: pa.array([1, 2, 3]),
    "quantity": lambda: pa.array([Decimal("1.5"), Decimal(2), Decimal("0.250")]),
    "flags": lambda: pa.array(["", "a", ""]).dictionary_encode(),
    "member_id": lambda: pa.nulls(3),
    "source": lambda: pa.array(["a", "b", "c"], pa.large_string()),
    "item_count": lambda: pa.array([1, 2, 3], pa.int16()),
    "ordered_at": lambda: pa.array(
        [datetime(2017, 1, 15, 12, tzinfo=UTC)] * 3, pa.timestamp("ms", "Asia/Shanghai")
    ),
}


@pytest.mark.parametrize("column", CASTS)
def test_a_lossless_cast_is_made(column: str, tmp_path: Path) -> None:
    lake = Lake(tmp_path / "lake")
    values = CASTS[column]()
    with lake.transaction() as transaction:
        assert transaction.append("order_lines", _with(column, values)) == 3
    held = lake.snapshot().table("order_lines").order_by("order_id").to_pyarrow()
    assert held.schema.field(column).type == contract("order_lines").arrow_schema.field(column).type
    assert held.column(column).to_pylist() == values.to_pylist()


def test_an_unknown_table_is_named_with_those_there_are(tmp_path: Path) -> None:
    lake = Lake(tmp_path / "lake")
    with pytest.raises(UnknownTableError, match=r"no table is called 'ordres'\. Tables: orders, "):
        lake.snapshot().table("ordres")
    with pytest.raises(UnknownTableError), lake.transaction() as transaction:
        transaction.append("ordres", GOOD)


def test_every_contract_explains_itself() -> None:
    for declared in contracts():
        assert declared.owner
        assert declared.grain
        assert declared.source
        assert all(column.meaning for column in declared.columns)
        required = (*declared.key, *declared.partition, *declared.replaces_by)
        assert not any(declared.column(name).nullable for name in required), declared.name
        for column in declared.columns:
            if column.type == "decimal(18, 2)":
                assert column.unit == "currency", (declared.name, column.name)


@pytest.mark.parametrize("place", ["key", "partition", "replaces_by"])
def test_a_contract_names_only_its_columns(place: str) -> None:
    good = Contract("t", "lake", "one", key=("a",), columns=(Column("a", "string", "a"),))
    changes: dict[str, Any] = {place: ("b",)}
    with pytest.raises(ContractError, match="no column 'b'"):
        replace(good, **changes)


def test_a_partition_takes_only_its_own_rows(tmp_path: Path) -> None:
    stage = stage_rows(date(2018, 1, 1), "m1")
    lake = Lake(tmp_path / "lake")
    with pytest.raises(ContractError, match="as_of is not 2018-01-02"), lake.transaction() as tx:
        tx.replace_partition("features/lifecycle", stage, partition={"as_of": date(2018, 1, 2)})
    with pytest.raises(ContractError, match="does not name the columns"), lake.transaction() as tx:
        tx.replace_partition("features/lifecycle", stage, partition={})
