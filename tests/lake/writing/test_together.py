"""Tables written at the same time hold what they would hold one after another."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from threading import Event

import duckdb
import pyarrow as pa
import pytest

from regulars.base.errors import ContractError
from regulars.lake import Lake
from regulars.lake.storage.abreast import abreast
from tests.lake.sales_rows import Line, changed_members, held_lines, line_rows, order_rows

FIRST = [
    Line(f"o{number}", member_id=f"m{number % 7}", day=date(2017, 1, 1) + timedelta(days=number))
    for number in range(90)
]
SECOND = [replace(line, net=Decimal("2.00")) for line in FIRST[::3]] + [Line("new", member_id="m9")]
TABLES = {"order_lines": line_rows, "orders": order_rows}


def _rows(lake: Lake, name: str) -> list[dict[str, object]]:
    with lake.snapshot() as snapshot:
        rows: list[dict[str, object]] = snapshot.table(name).to_pyarrow().to_pylist()
    return sorted(rows, key=lambda row: str(row["order_id"]))


def test_together_equals_one_after_another(tmp_path: Path) -> None:
    together, apart = Lake(tmp_path / "together"), Lake(tmp_path / "apart")
    for lines in (FIRST, SECOND, []):
        with together.transaction() as transaction:
            counts = transaction.upsert_together(
                (name, make(lines)) for name, make in TABLES.items()
            )
        with apart.transaction() as transaction:
            expected = {
                name: transaction.upsert(name, make(lines)) for name, make in TABLES.items()
            }
        assert counts == expected
        assert list(counts) == list(TABLES)
        for name in TABLES:
            assert _rows(together, name) == _rows(apart, name)
        assert together.snapshot().sequence == apart.snapshot().sequence
        assert changed_members(together, since=0) == changed_members(apart, since=0)


def test_one_connection_may_make_all_rows(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    with duckdb.connect() as connection, lake.transaction() as transaction:
        for name, make in TABLES.items():
            connection.register(name, make(FIRST))

        def each() -> Iterator[tuple[str, pa.RecordBatchReader]]:
            for name in TABLES:
                yield name, connection.execute(f"FROM {name}").to_arrow_reader(10)

        counts = transaction.upsert_together(each())
    assert [count.new for count in counts.values()] == [len(FIRST), len(FIRST)]
    assert held_lines(lake) == set(FIRST)


def test_when_one_table_is_refused_nothing_is_there(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    twice = pa.concat_tables([order_rows(FIRST[:1])] * 2)
    with pytest.raises(ContractError, match="same key"), lake.transaction() as transaction:
        transaction.upsert_together([("order_lines", line_rows(FIRST)), ("orders", twice)])
    assert lake.snapshot().sequence == 0
    assert held_lines(lake) == set()


def test_the_others_have_ended_when_an_error_is_raised() -> None:
    begun, failing = Event(), Event()
    done: list[str] = []

    def fails() -> None:
        begun.wait()
        failing.set()
        raise ContractError("no", where="here")

    def ends() -> None:
        begun.set()
        failing.wait()
        done.append("ended")

    with pytest.raises(ContractError):
        abreast([fails, ends])
    assert done == ["ended"]
    assert abreast([lambda: "only"]) == ["only"]
    assert abreast([lambda: "a", lambda: "b", lambda: "c"]) == ["a", "b", "c"]
