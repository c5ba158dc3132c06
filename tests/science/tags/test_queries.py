"""A tag's SQL reads the lake's tables and can do nothing else."""

from __future__ import annotations

import pyarrow as pa
import pytest

from regulars.base.errors import RuleError
from regulars.lake import Lake
from regulars.science.tags import checked_query, query_values
from tests.science.tags.world import AS_OF, new_lake


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    return new_lake(tmp_path_factory.mktemp("queries"))


@pytest.mark.parametrize(
    ("query", "what"),
    [
        ("DROP TABLE orders", "Only SELECT"),
        ("COPY orders TO 'x.csv'", "Only SELECT"),
        ("SELECT 1; SELECT 2", "more than one statement"),
        ("SELECT member_id, 1 AS value FROM 'orders.parquet'", "no table 'orders.parquet'"),
        ("SELECT member_id, 1 AS value FROM read_parquet('x')", "function read_parquet"),
        ("SELECT * FROM query('SELECT 1')", "function query"),
        ("SELECT member_id, 1 AS value FROM duckdb_settings()", "function duckdb_settings"),
        ("SELECT member_id, 1 AS value FROM information_schema.tables", "no table of the lake"),
        ("SELECT member_id, 1 AS value FROM refresh_runs", "no table 'refresh_runs'"),
        ("DESCRIBE orders", "SHOW and DESCRIBE"),
        ("SELECT member_id, 1 AS value FROM tags", "no table 'tags'"),
        ("SELECT member_id,, FROM orders", "character"),
        ("SELECT " + "1," * 20_000 + "1", "longer than 20,000"),
    ],
)
def test_refused_before_it_runs(query: str, what: str) -> None:
    with pytest.raises(RuleError, match=what):
        checked_query(query)


def test_its_tables_are_known() -> None:
    query = "WITH bought AS (FROM orders) SELECT * FROM bought JOIN members USING (member_id)"
    assert checked_query(query) == {"orders", "members"}


@pytest.mark.parametrize(
    ("query", "what"),
    [
        ("SELECT member_id FROM members", "the columns are member_id"),
        ("SELECT member_id, 1 AS value FROM orders", "gives a member twice"),
        ("SELECT member_id, 'x' AS value FROM members", "Could not convert"),
        ("SELECT member_id, nothing AS value FROM members", "nothing"),
    ],
)
def test_refused_when_it_runs(lake: Lake, query: str, what: str) -> None:
    with pytest.raises(RuleError, match=what):
        query_values(lake.snapshot(), query, AS_OF, numeric=True)


def test_a_query_ends_in_time(lake: Lake) -> None:
    query = (
        "SELECT 'm01' AS member_id, count(*) AS value FROM range(1000000) a, range(1000000) b, "
        "range(1000000) c -- and a comment at the end"
    )
    with pytest.raises(RuleError, match=r"longer than 0\.1 seconds"):
        query_values(lake.snapshot(), query, AS_OF, numeric=True, seconds_max=0.1)


def test_it_sees_only_the_members_it_is_asked_for(lake: Lake) -> None:
    query = "SELECT member_id, count(*) AS value FROM orders GROUP BY member_id"
    asked = pa.table({"member_id": ["m01", "m02"]})
    every = query_values(lake.snapshot(), query, AS_OF, numeric=True)
    some = query_values(lake.snapshot(), query, AS_OF, numeric=True, members=asked)
    wanted = {row["member_id"]: row["value"] for row in every.to_pylist()}
    found = {row["member_id"]: row["value"] for row in some.to_pylist()}
    assert found == {member: wanted[member] for member in ("m01", "m02")}
