"""Completeness: filled weights over all weights, by hand, for one member and for a table."""

from __future__ import annotations

from fractions import Fraction

import ibis
import pyarrow as pa
import pytest

from regulars.base.errors import RuleError
from regulars.science.profile import completeness, filled_share

TEN = {f"field_{number}": 1 for number in range(10)}


def test_five_of_ten_equal_fields_are_one_half() -> None:
    filled = {f"field_{number}": "x" for number in range(5)} | {"field_7": "", "field_8": None}
    assert filled_share(filled, TEN) == Fraction(1, 2)


def test_a_table_of_members_counts_columns_and_declared_attributes() -> None:
    members = ibis.memtable(
        pa.table(
            {
                "member_id": ["a", "b", "c"],
                "joined_channel": ["pos", None, "web"],
                "gender": ["female", "", "male"],
            }
        )
    )
    said = ibis.memtable(
        pa.table(
            {
                "member_id": ["a", "a", "b", "c"],
                "name": ["city", "school", "city", "city"],
                "value": ["上海", "x", "", "北京"],
            }
        )
    )
    weights = {"gender": 1, "joined_channel": 2, "city": 5}
    rows = ibis.duckdb.connect().to_pyarrow(completeness(members, said, weights=weights))
    found = {row["member_id"]: row["completeness"] for row in rows.to_pylist()}
    assert found == {"a": 1.0, "b": 0.0, "c": 1.0}
    plain = completeness(members, said, weights={"gender": 1, "joined_channel": 3})
    rows = ibis.duckdb.connect().to_pyarrow(plain)
    assert {row["member_id"]: row["completeness"] for row in rows.to_pylist()} == {
        "a": 1.0,
        "b": 0.0,
        "c": 1.0,
    }


def test_weights_must_say_something() -> None:
    for weights in ({}, {"gender": 0}):
        with pytest.raises(RuleError, match="at least 1"):
            filled_share({}, weights)
