"""Expressions: scalar SQL over columns, and nothing that reaches further."""

from __future__ import annotations

import duckdb
import pyarrow as pa
import pytest

from regulars.apps.ingest.mapping import expression
from regulars.apps.ingest.pipeline.sql import sealed_connection
from regulars.base.errors import MappingError


@pytest.mark.parametrize(
    ("text", "reads"),
    [
        ("paid + off", ("paid", "off")),
        ("会员卡号", ("会员卡号",)),
        ('"card no"', ("card no",)),
        ("customer.phone", ("customer.phone",)),
        ("case when a = 'x' then b else 0 end", ("a", "b")),
        ("coalesce(a, b, '')", ("a", "b")),
        ("try_cast(a as int) // 100", ("a",)),
        ("upper(trim(a)) || '-' || b", ("a", "b")),
        ("a in ('x', 'y') and not b is null", ("a", "b")),
    ],
)
def test_what_is_allowed(text: str, reads: tuple[str, ...]) -> None:
    assert sorted(expression(text, where="here").reads) == sorted(reads)


@pytest.mark.parametrize(
    "text",
    [
        "(select 1)",
        "a in (select b from c)",
        "exists (select 1)",
        "read_csv('/etc/passwd')",
        "read_text('/etc/passwd')",
        "getenv('HOME')",
        "current_setting('x')",
        "pg_sleep(1)",
        "sum(a)",
        "row_number() over ()",
        "a::json",
        "a -> '$.b'",
        "list_transform([1], x -> x)",
        "now()",
        "random()",
        "a; drop table b",
        "*",
        "columns('a')",
        "?",
        "$1",
        "",
    ],
)
def test_what_is_not(text: str) -> None:
    with pytest.raises(MappingError) as caught:
        expression(text, where="columns.x")
    assert caught.value.where == "columns.x"


def test_the_connection_they_run_on_reaches_no_file() -> None:
    connection = sealed_connection()
    for query in (
        "SELECT * FROM '/etc/passwd'",
        "COPY (SELECT 1) TO '/tmp/x.csv'",
        "SET threads=2",
    ):
        with pytest.raises(duckdb.Error):
            connection.execute(query)


def test_what_one_connection_registers_no_other_one_sees() -> None:
    one, other = sealed_connection(), sealed_connection()
    one.register("persons", pa.table({"phone": ["13800138000"]}))
    assert one.execute("SELECT count(*) FROM persons").fetchone() == (1,)
    with pytest.raises(duckdb.CatalogException):
        other.execute("SELECT * FROM persons")
