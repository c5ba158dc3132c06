"""Rows written a column at a time say the same as rows written one by one."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pyarrow as pa

from regulars.api.answers.columns import json_rows
from regulars.api.answers.encoding import encoded

ROWS = [
    {
        "id": 'o"1\\',
        "name": "熟客 \u2028\n\x01",
        "at": datetime(2024, 2, 29, 23, 59, 59, 7, tzinfo=UTC),
        "on": date(1999, 12, 31),
        "amount": Decimal("-0.05"),
        "count": -3,
        "flag": True,
    },
    {"id": "", "name": None, "at": None, "on": None, "amount": None, "count": None, "flag": None},
    {
        "id": "💰",
        "name": "x",
        "at": datetime(1970, 1, 1, tzinfo=UTC),
        "on": date(2024, 1, 5),
        "amount": Decimal("12345678901234.50"),
        "count": 2**62,
        "flag": False,
    },
]
SCHEMA = pa.schema(
    [
        ("id", pa.string()),
        ("name", pa.string()),
        ("at", pa.timestamp("us", tz="UTC")),
        ("on", pa.date32()),
        ("amount", pa.decimal128(18, 2)),
        ("count", pa.int64()),
        ("flag", pa.bool_()),
    ]
)


def test_every_type_and_every_letter() -> None:
    table = pa.Table.from_pylist(ROWS, schema=SCHEMA)
    assert json_rows(table) == [encoded(row) for row in ROWS]
    # Alone, a row without quotes or control letters is written by the short way.
    for place, row in enumerate(ROWS):
        assert json_rows(table.slice(place, 1)) == [encoded(row)]
    assert json_rows(table.slice(0, 0)) == []


def test_moments_of_other_precision_are_written_alike() -> None:
    moment = datetime(2024, 1, 5, 8, 30, tzinfo=UTC)
    for unit in ("s", "ms", "us"):
        table = pa.table({"at": pa.array([moment], pa.timestamp(unit, tz="Asia/Shanghai"))})
        assert json_rows(table) == [b'{"at":"2024-01-05T08:30:00.000000Z"}']
