"""Tags that an SQL query gives: what such a query may be, and running it behind locked doors."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from typing import Any

import duckdb
import pyarrow as pa

from regulars.base.errors import RuleError
from regulars.lake import Snapshot
from regulars.lake.contracts import contracts
from regulars.lake.locked_room import locked_room

AS_OF = "as_of"
_TEXT_MAX = 20_000
_ROWS_MAX = 1_000_000
_FUNCTIONS = frozenset({"unnest", "range", "generate_series"})
_KINDS = frozenset({"fact", "dimension", "feature"})


@lru_cache(maxsize=1_000)
def checked_query(query: str) -> frozenset[str]:
    """Return the tables that the query reads.

    It must be one SELECT over tables of the lake, and may name the date as ``$as_of``. DuckDB's own
    parser reads it, so that nothing can mean something else when it runs.

    Raises:
        RuleError: The query is anything else.
    """
    if len(query) > _TEXT_MAX:
        raise _refused(f"the query is longer than {_TEXT_MAX:,} characters")
    with duckdb.connect(":memory:") as parser:
        found = parser.execute("SELECT json_serialize_sql($query)", {"query": query}).fetchone()
    tree: dict[str, Any] = json.loads(found[0]) if found else {"error": True}
    if tree.get("error"):
        place = tree.get("position")
        where = f"SQL, character {int(place) + 1}" if place is not None else "SQL"
        raise _refused(str(tree.get("error_message", "this is no query")), where=where)
    if len(tree["statements"]) != 1:
        raise _refused("there is more than one statement")
    parts = list(_parts(tree))
    named = {part["key"] for part in parts if "key" in part and "value" in part}
    tables = {_table(part) for part in parts if part.get("type") == "BASE_TABLE"} - named
    for part in parts:
        if part.get("type") == "TABLE_FUNCTION":
            _demand_harmless(part["function"]["function_name"])
        if part.get("type") == "SHOW_REF":
            raise _refused("SHOW and DESCRIBE give no values")
    known = {one.name for one in contracts() if one.kind in _KINDS}
    for table in sorted(tables - known):
        raise _refused(
            f"there is no table {table!r} to read", fix=f"Tables: {', '.join(sorted(known))}"
        )
    return frozenset(tables)


def query_values(
    snapshot: Snapshot,
    query: str,
    as_of: date,
    *,
    numeric: bool,
    members: pa.Table | None = None,
    seconds_max: float = 60,
) -> pa.Table:
    """Return member_id and value, a number or a text, as the query gives them.

    ``members`` (member_id) shows it the rows of these members only.

    Raises:
        RuleError: The query is refused, fails, takes too long, has other columns than member_id and
            value, gives a member twice, or a value that is no number.
    """
    tables, plain = checked_query(query), query.rstrip().rstrip(";")
    rows_max = max(_ROWS_MAX, int(snapshot.table("members").count().to_pyarrow().as_py()))
    with locked_room(snapshot, tables, members=members, seconds_max=seconds_max) as connection:
        given = {AS_OF: as_of} if f"${AS_OF}" in query else None
        kind = "DOUBLE" if numeric else "VARCHAR"
        try:
            described = connection.execute(f"DESCRIBE {plain}", given)
            columns = [row[0] for row in described.fetchall()]
            if columns != ["member_id", "value"]:
                raise _refused(
                    f"the columns are {', '.join(columns)}", fix="Select member_id and value"
                )
            rows: pa.Table = connection.execute(
                f"SELECT member_id::VARCHAR AS member_id, value::{kind} AS value "
                f"FROM ({plain}\n) WHERE member_id IS NOT NULL "
                f"AND value IS NOT NULL LIMIT {rows_max + 1}",
                given,
            ).to_arrow_table()
        except duckdb.InterruptException:
            raise _refused(f"the query took longer than {seconds_max:g} seconds") from None
        except duckdb.Error as error:
            raise _refused(str(error).splitlines()[0]) from None
    ids = rows.column("member_id")
    # More rows than members are not all read: a member came twice.
    if len(ids) > rows_max or len(ids.unique()) != len(ids):
        raise _refused("the query gives a member twice", fix="GROUP BY member_id")
    return rows


def _table(part: dict[str, Any]) -> str:
    schema, catalog = part.get("schema_name"), part.get("catalog_name")
    name = str(part["table_name"])
    if schema or catalog:
        raise _refused(f"{schema or catalog}.{name} is no table of the lake")
    return name


def _demand_harmless(function: str) -> None:
    if function not in _FUNCTIONS:
        raise _refused(f"the function {function} is not for rules", fix="Read tables of the lake")


def _parts(tree: Any) -> Iterator[dict[str, Any]]:
    if isinstance(tree, dict):
        yield tree
        for part in tree.values():
            yield from _parts(part)
    elif isinstance(tree, list):
        for part in tree:
            yield from _parts(part)


def _refused(what: str, *, where: str = "SQL", fix: str = "") -> RuleError:
    return RuleError(what, where=where, fix=fix)
