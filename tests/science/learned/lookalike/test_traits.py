"""What members are compared by: the columns there are, shares by hand, and what is left out."""

from __future__ import annotations

from datetime import date

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pytest

from regulars.science.learned.lookalike import traits

AS_OF = date(2024, 6, 1)
RFM = {
    "member_id": ["m1", "m2", "m1"],
    "as_of": [AS_OF, AS_OF, date(2024, 5, 1)],
    "recency_days": [3, 40, 99],
    "frequency": [7, 1, 99],
    "monetary": [70.5, 10.0, 99.0],
}
# m1 bought tea twice and rice once in the year; one line is too old, one was not known yet.
LINES = [
    ("m1", "tea", date(2024, 5, 1)),
    ("m1", "tea", date(2024, 5, 31)),
    ("m1", "rice", date(2023, 6, 2)),
    ("m1", "rice", date(2023, 6, 1)),
    ("m1", "rice", AS_OF),
    ("m2", "rice", date(2024, 1, 1)),
    ("m2", "odd", date(2024, 1, 1)),
    (None, "tea", date(2024, 1, 1)),
]


class Kept:
    def __init__(self, **tables: pa.Table) -> None:
        self._tables = {name.replace("__", "/"): table for name, table in tables.items()}

    def has(self, name: str) -> bool:
        return name in self._tables

    def table(self, name: str) -> ir.Table:
        return ibis.memtable(self._tables[name])


@pytest.fixture(scope="module")
def tables() -> Kept:
    members, products, days = zip(*LINES, strict=True)
    return Kept(
        members=pa.table({
            "member_id": ["m1", "m2", "m3"],
            "gender": ["female", None, "male"],
            "joined_channel": ["pos", "web", None],
        }),
        features__rfm=pa.table(RFM),
        order_lines=pa.table({
            "member_id": members, "product_id": products, "business_date": days,
        }),
        products=pa.table({
            "product_id": ["tea", "rice", "odd"], "department": ["DRINKS", "STAPLES", None],
        }),
    )  # fmt: skip


def test_everybody_has_a_row_with_what_is_known_of_them(tables: Kept) -> None:
    rows = {row.pop("member_id"): row for row in traits(tables, as_of=AS_OF).to_pylist()}
    assert set(rows) == {"m1", "m2", "m3"}
    assert rows["m1"] == {
        "gender": "female", "joined_channel": "pos", "recency_days": 3, "frequency": 7,
        "monetary": 70.5, "bought DRINKS": pytest.approx(2 / 3),
        "bought STAPLES": pytest.approx(1 / 3),
    }  # fmt: skip
    # What is of no department is no share of any.
    assert (rows["m2"]["bought DRINKS"], rows["m2"]["bought STAPLES"]) == (0.0, 1.0)
    assert rows["m3"]["recency_days"] is None
    assert rows["m3"]["bought DRINKS"] is None


def test_tables_by_which_the_seed_was_chosen_are_left_out(tables: Kept) -> None:
    kept = traits(tables, as_of=AS_OF, without={"features/rfm", "order_lines"})
    assert kept.column_names == ["member_id", "gender", "joined_channel"]


def test_without_features_there_is_still_what_members_said() -> None:
    bare = Kept(members=pa.table({
        "member_id": ["m1"], "gender": ["female"], "joined_channel": ["pos"],
    }))  # fmt: skip
    assert traits(bare, as_of=AS_OF).to_pylist() == [
        {"member_id": "m1", "gender": "female", "joined_channel": "pos"}
    ]
