"""The difference between incoming rows and held ones, worked out on sets.

The incoming rows wait in a Parquet file; DuckDB joins them with the held rows of the same keys (or
the same groups, see ``Contract.replaces_by``) wherever those lie, so a corrected row whose
partition changed is found too. What is large spills to the staging folder.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa

from regulars.base.errors import ContractError
from regulars.lake.contracts import Contract
from regulars.lake.engine import quoted, text

_SHOWN_KEYS = 3
_BATCH_ROWS = 100_000


@dataclass(frozen=True, slots=True)
class UpsertCount:
    """What an upsert did, in rows. ``new + changed + same`` is the number of incoming rows."""

    new: int = 0
    changed: int = 0
    same: int = 0
    removed: int = 0

    @property
    def written(self) -> int:
        """How many rows differ from what was held."""
        return self.new + self.changed + self.removed


def stage(
    cursor: duckdb.DuckDBPyConnection, declared: Contract, rows: pa.RecordBatchReader, file: Path
) -> None:
    """Write the rows to ``file`` and make them the view ``incoming``; a key may come only once.

    Raises:
        ContractError: Two incoming rows have the same key.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    cursor.register("arriving", rows)
    cursor.execute(
        f"COPY (SELECT * FROM arriving) TO {text(str(file))} (FORMAT parquet, COMPRESSION lz4)"
    )
    cursor.unregister("arriving")
    cursor.execute(f"CREATE TEMP VIEW incoming AS SELECT * FROM read_parquet({text(str(file))})")
    key = _names(declared.key)
    twice = cursor.execute(
        f"SELECT {key} FROM incoming GROUP BY {key} HAVING count(*) > 1 "
        f"ORDER BY {key} LIMIT {_SHOWN_KEYS}"
    ).fetchall()
    if twice:
        shown = "; ".join(
            ", ".join(f"{name}={value!r}" for name, value in zip(declared.key, row, strict=True))
            for row in twice
        )
        raise ContractError(
            f"two incoming rows have the same key: {shown}",
            where=f"table {declared.name}",
            fix="Send each key once",
        )


def compare(cursor: duckdb.DuckDBPyConnection, declared: Contract) -> UpsertCount:
    """Make the table ``difference`` of every row that is new, changed or removed; count all rows."""
    group = _names(declared.replaces_by or declared.key)
    first = quoted(declared.key[0])
    key = _names(declared.key)
    others = [name for name in declared.column_names if name not in declared.key]
    differs = " OR ".join(f"i.{quoted(name)} IS DISTINCT FROM h.{quoted(name)}" for name in others)
    carried = "".join(
        f", h.{quoted(name)} AS {quoted('held ' + name)}" for name in _carried(declared)
    )
    cursor.execute(
        f"CREATE TEMP TABLE held AS SELECT * FROM {quoted(declared.name)} "
        f"SEMI JOIN (SELECT DISTINCT {group} FROM incoming) AS wanted USING ({group})"
    )
    cursor.execute(
        f"CREATE TEMP TABLE difference AS SELECT {key}{carried}, CASE "
        f"WHEN h.{first} IS NULL THEN 'new' WHEN i.{first} IS NULL THEN 'removed' "
        f"WHEN {differs or 'false'} THEN 'changed' ELSE 'same' END AS state "
        f"FROM incoming AS i FULL JOIN held AS h USING ({key})"
    )
    cursor.execute("DROP TABLE held")
    counted = dict(
        cursor.execute("SELECT state, count(*) FROM difference GROUP BY state").fetchall()
    )
    return UpsertCount(**counted)


def touched_partitions(
    cursor: duckdb.DuckDBPyConnection, declared: Contract
) -> list[tuple[object, ...]]:
    """Return the partitions that hold a changed or removed row; ``[()]`` when not partitioned."""
    columns = ", ".join(quoted("held " + name) for name in declared.partition) or "1"
    rows = cursor.execute(
        f"SELECT DISTINCT {columns} FROM difference WHERE state IN ('changed', 'removed') ORDER BY ALL"
    ).fetchall()
    return [row if declared.partition else () for row in rows]


def rewritten(
    cursor: duckdb.DuckDBPyConnection, declared: Contract, where: str
) -> pa.RecordBatchReader:
    """Return what the partitions of the predicate ``where`` hold after the upsert."""
    key = _names(declared.key)
    return _stream(
        cursor,
        f"SELECT * FROM {quoted(declared.name)} ANTI JOIN (SELECT {key} FROM difference "
        f"WHERE state IN ('changed', 'removed')) AS gone USING ({key}) WHERE {where} "
        f"UNION ALL BY NAME SELECT * FROM ({_written(declared)}) WHERE {where}",
    )


def added(
    cursor: duckdb.DuckDBPyConnection, declared: Contract, where: str
) -> pa.RecordBatchReader | None:
    """Return the new and changed rows that the predicate does not cover, or None without any."""
    query = f"({_written(declared)}) WHERE NOT ({where})"
    if cursor.execute(f"SELECT 1 FROM {query} LIMIT 1").fetchone() is None:
        return None
    return _stream(cursor, f"SELECT * FROM {query}")


def moved_members(cursor: duckdb.DuckDBPyConnection, declared: Contract) -> pa.Array:
    """Return the members who own or owned a new, changed or removed row."""
    key = _names(declared.key)
    found: pa.Table = cursor.execute(
        "SELECT \"held member_id\" AS member_id FROM difference WHERE state IN ('changed', 'removed') "
        f"UNION SELECT member_id FROM incoming SEMI JOIN (SELECT {key} FROM difference "
        f"WHERE state IN ('new', 'changed')) AS moved USING ({key})"
    ).to_arrow_table()
    return found.column("member_id").combine_chunks().cast(pa.string()).drop_null()


def predicate(partition: Sequence[str], values: Sequence[tuple[object, ...]]) -> str:
    """Return SQL that is true for rows in one of the partitions; true when not partitioned."""
    if not partition:
        return "true"
    return " OR ".join(
        "("
        + " AND ".join(
            f"{quoted(name)} = {text(str(value))}"
            for name, value in zip(partition, row, strict=True)
        )
        + ")"
        for row in values
    )


def _written(declared: Contract) -> str:
    key = _names(declared.key)
    return (
        f"SELECT * FROM incoming SEMI JOIN (SELECT {key} FROM difference "
        f"WHERE state IN ('new', 'changed')) AS moved USING ({key})"
    )


def _carried(declared: Contract) -> list[str]:
    member = ["member_id"] if declared.moves_features else []
    return list(dict.fromkeys([*declared.partition, *member]))


def _stream(cursor: duckdb.DuckDBPyConnection, query: str) -> pa.RecordBatchReader:
    reader: pa.RecordBatchReader = cursor.execute(query).to_arrow_reader(_BATCH_ROWS)
    return reader


def _names(names: Sequence[str]) -> str:
    return ", ".join(quoted(name) for name in names)
