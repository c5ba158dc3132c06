"""The difference between incoming rows and held ones, worked out on sets.

The incoming rows wait in a Parquet file; DuckDB joins them with the held rows of the same keys (or
the same groups, see ``Contract.replaces_by``) wherever those lie, so a corrected row whose
partition changed is found too. What is large spills to the staging folder.

The functions share names on one cursor: ``incoming`` (the new rows), ``wanted`` (the groups to be
compared), ``held rows`` (the table's rows with their file) and ``difference`` (key, state, whose
and where a held row is, and whose the incoming one).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from regulars.base.errors import ContractError
from regulars.lake.contracts import Contract
from regulars.lake.storage.delta import DataFile, Files
from regulars.lake.storage.sql import in_partitions, names, quoted, rows_of, text
from regulars.lake.writing.scouting import Sighting, holding_files

_SHOWN_KEYS = 3


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
    """Write the rows to ``file`` and make them ``incoming``; a key may come only once.

    Raises:
        ContractError: Two incoming rows have the same key.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    cursor.register("arriving", rows)
    cursor.execute(
        f"COPY (SELECT * FROM arriving) TO {text(str(file))} "
        "(FORMAT parquet, COMPRESSION lz4_raw, DICTIONARY_SIZE_LIMIT 20000, "
        "WRITE_BLOOM_FILTER false)"
    )
    cursor.unregister("arriving")
    cursor.execute(f"CREATE TEMP VIEW incoming AS SELECT * FROM read_parquet({text(str(file))})")
    key = names(declared.key)
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


def want(cursor: duckdb.DuckDBPyConnection, declared: Contract, *, leaving: bool) -> None:
    """Make ``wanted`` of the groups that come, and of those keys in ``leaving`` that do not."""
    group = names(declared.group)
    query = f"SELECT DISTINCT {group} FROM incoming"
    if leaving:
        query += f" UNION SELECT {group} FROM leaving"
    cursor.execute(f"CREATE TEMP TABLE wanted AS {query}")


def hold(
    cursor: duckdb.DuckDBPyConnection,
    declared: Contract,
    files: Files,
    wanted: str,
    seen: Sighting | None = None,
) -> None:
    """Make ``held rows`` of the files that hold a row of one of the groups in ``wanted``.

    Reading the few columns of the group from all files first spares reading every column of the
    many files that the incoming rows do not touch; less is read where a scout has ``seen`` them.
    """
    data = holding_files(cursor, declared, files, wanted, seen)
    query = rows_of(declared, data, files.columns, with_file=True)
    cursor.execute(f'CREATE TEMP VIEW "held rows" AS {query}')


def compare(cursor: duckdb.DuckDBPyConnection, declared: Contract) -> UpsertCount:
    """Make ``difference`` of ``incoming`` against ``held rows``; count every row."""
    group = names(declared.group)
    first = quoted(declared.key[0])
    others = [name for name in declared.column_names if name not in declared.key]
    differs = " OR ".join(f"i.{quoted(name)} IS DISTINCT FROM h.{quoted(name)}" for name in others)
    held = f'SELECT * FROM "held rows" SEMI JOIN wanted USING ({group})'
    cursor.execute(
        f"CREATE TEMP TABLE difference AS SELECT {_kept(declared)}, {_came(declared)}, CASE "
        f"WHEN h.{first} IS NULL THEN 'new' WHEN i.{first} IS NULL THEN 'removed' "
        f"WHEN {differs or 'false'} THEN 'changed' ELSE 'same' END AS state "
        f"FROM incoming AS i FULL JOIN ({held}) AS h USING ({names(declared.key)})"
    )
    counted = dict(
        cursor.execute("SELECT state, count(*) FROM difference GROUP BY state").fetchall()
    )
    return UpsertCount(**counted)


def compare_removal(cursor: duckdb.DuckDBPyConnection, declared: Contract) -> UpsertCount:
    """Make ``difference`` of the held rows with a key in ``leaving``; nothing is incoming."""
    cursor.execute('CREATE TEMP VIEW incoming AS SELECT * FROM "held rows" WHERE false')
    cursor.execute(
        f"CREATE TEMP TABLE difference AS SELECT {_kept(declared)}, NULL::VARCHAR AS came_member, "
        f"'removed' AS state "
        f'FROM "held rows" AS h SEMI JOIN leaving USING ({names(declared.key)})'
    )
    counted = cursor.execute("SELECT count(*) FROM difference").fetchone()
    return UpsertCount(removed=counted[0] if counted else 0)


def touched_files(cursor: duckdb.DuckDBPyConnection, files: Files) -> list[DataFile]:
    """Return the files that hold a changed or removed row."""
    found = cursor.execute(
        "SELECT DISTINCT held_file FROM difference WHERE state IN ('changed', 'removed')"
    ).fetchall()
    paths = {row[0] for row in found}
    return [file for file in files.data if str(file.path) in paths]


def kept_rows(declared: Contract, data: list[DataFile], files: Files) -> str:
    """Return a query for the rows of the files that the difference leaves as they are."""
    key = names(declared.key)
    return (
        f"SELECT * FROM ({rows_of(declared, data, files.columns)}) ANTI JOIN (SELECT {key} "
        f"FROM difference WHERE state IN ('changed', 'removed')) AS gone USING ({key})"
    )


def arriving_rows(
    declared: Contract,
    count: UpsertCount,
    *,
    inside: list[tuple[str, ...]] | None = None,
    outside: list[tuple[str, ...]] | None = None,
) -> str:
    """Return a query for new and changed rows, inside or outside of some partitions."""
    key = names(declared.key)
    where = f"({in_partitions(declared, inside)})" if inside is not None else "true"
    if outside is not None:
        where += f" AND NOT ({in_partitions(declared, outside)})"
    rows = "incoming"
    if count.same:
        rows += (
            f" SEMI JOIN (SELECT {key} FROM difference "
            f"WHERE state IN ('new', 'changed')) AS moved USING ({key})"
        )
    return f"SELECT * FROM {rows} WHERE {where}"


def moved_members(cursor: duckdb.DuckDBPyConnection) -> pa.Array[Any]:
    """Return the members who own or owned a new, changed or removed row."""
    found: pa.Table = cursor.execute(
        "SELECT held_member AS member_id FROM difference WHERE state IN ('changed', 'removed') "
        "UNION SELECT came_member FROM difference WHERE state IN ('new', 'changed')"
    ).to_arrow_table()
    return found.column("member_id").combine_chunks().cast(pa.string()).drop_null()


def _kept(declared: Contract) -> str:
    member = "h.member_id" if declared.knows_members else "NULL::VARCHAR"
    return f'{names(declared.key)}, h."held file" AS held_file, {member} AS held_member'


def _came(declared: Contract) -> str:
    return f"{'i.member_id' if declared.knows_members else 'NULL::VARCHAR'} AS came_member"
