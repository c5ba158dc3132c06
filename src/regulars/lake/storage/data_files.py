"""Writing Parquet files of a table: DuckDB encodes on all cores and spills instead of growing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import duckdb

from regulars.lake.contracts import Contract
from regulars.lake.storage.delta import DataFile
from regulars.lake.storage.sql import names, quoted, text

# A larger dictionary costs more time than it saves space; member lookups read whole columns anyway.
# V2 holds the lengths of texts apart from their letters: a column of ids is read in 45 to 65 % of
# the time, a whole table in 70 to 115 %, and written in 70 to 109 %; files are 3 % smaller to 7 %
# larger (orders, lines, members and features of a million members).
_FORMAT = (
    "FORMAT parquet, PARQUET_VERSION V2, COMPRESSION zstd, COMPRESSION_LEVEL 1, "
    "DICTIONARY_SIZE_LIMIT 5000, WRITE_BLOOM_FILTER false, RETURN_STATS true"
)
_STATS_TEXT_MAX = 64
_GROUP_ROWS = 200_000
# Of a sorted file a look-up of one member reads one row group, so that a smaller one is read
# sooner: at a million members and two years of orders 58 to 90 ms of CPU with groups of this size,
# 101 to 131 ms with three times as many rows. The price, on the same orders: files are 1 % larger,
# take 13 to 21 % longer to write, and a whole table 17 to 30 % longer to read.
_SORTED_GROUP_ROWS = 20_480
SORTED = "sorted"


def write_by_partition(
    cursor: duckdb.DuckDBPyConnection, declared: Contract, query: str, folder: Path
) -> list[DataFile]:
    """Write the rows of the query into as many partitions as they belong to."""
    if not declared.partition:
        return write_partition(cursor, declared, query, folder, ())
    folder.mkdir(parents=True, exist_ok=True)
    columns = ", ".join(quoted(name) for name in declared.partition)
    token = uuid4().hex
    with _removed_on_failure(folder, token):
        files = cursor.execute(
            f"COPY ({query}) TO {text(str(folder))} ({_FORMAT}, "
            f"ROW_GROUP_SIZE {_GROUP_ROWS}, PARTITION_BY ({columns}), APPEND, "
            f"FILENAME_PATTERN {text('part-' + token + '-{uuid}')})"
        ).fetchall()
    return [_data_file(declared, row) for row in files]


def write_partition(
    cursor: duckdb.DuckDBPyConnection,
    declared: Contract,
    query: str,
    folder: Path,
    partition: tuple[str, ...],
    *,
    prefix: str = "part",
    keeps_order: bool = False,
) -> list[DataFile]:
    """Write the rows of the query, all of one partition, into one file; no rows make no file."""
    values = dict(zip(declared.partition, partition, strict=True))
    place = folder.joinpath(*(f"{name}={value}" for name, value in values.items()))
    place.mkdir(parents=True, exist_ok=True)
    columns = ", ".join(quoted(name) for name in declared.column_names if name not in values)
    token = uuid4().hex
    group_rows = _SORTED_GROUP_ROWS if prefix == SORTED else _GROUP_ROWS
    path = place / f"{prefix}-{token}.parquet"
    with _removed_on_failure(folder, token):
        files = cursor.execute(
            f"COPY (SELECT {columns} FROM ({query})) TO {text(str(path))} "
            f"({_FORMAT}, ROW_GROUP_SIZE {group_rows}, PRESERVE_ORDER {keeps_order})"
        ).fetchall()
    written = [_data_file(declared, (*row[:5], values)) for row in files if row[1]]
    if not written:
        path.unlink(missing_ok=True)
    return written


def write_sorted(
    cursor: duckdb.DuckDBPyConnection,
    declared: Contract,
    query: str,
    folder: Path,
    partition: tuple[str, ...],
    *,
    comes_sorted: bool = False,
) -> list[DataFile]:
    """Write the rows of the query, all of one partition, into one file in the table's order."""
    order = "" if comes_sorted else names(sort_columns(declared))
    ordered = f"SELECT * FROM ({query}) ORDER BY {order}" if order else query
    return write_partition(
        cursor,
        declared,
        ordered,
        folder,
        partition,
        prefix=SORTED,
        keeps_order=comes_sorted,
    )


def sort_columns(declared: Contract) -> tuple[str, ...]:
    """Return the order of a sorted file: by member where the table knows them.

    One member's rows are then in one place, a look-up skips most of the file, and it is smaller.
    """
    first = ("member_id",) if declared.knows_members else ()
    return (*first, *(name for name in declared.key if name not in first))


@contextmanager
def _removed_on_failure(folder: Path, token: str) -> Iterator[None]:
    try:
        yield
    except BaseException:
        for path in folder.rglob(f"*{token}*.parquet"):
            path.unlink(missing_ok=True)
        raise


def _data_file(declared: Contract, row: tuple[Any, ...]) -> DataFile:
    path, rows, size, _footer, columns, partition = row
    return DataFile(
        path=Path(path),
        partition=tuple(partition[name] for name in declared.partition),
        rows=rows,
        bytes=size,
        stats=json.dumps(_stats(declared, rows, columns)),
    )


def _stats(declared: Contract, rows: int, columns: dict[str, dict[str, str]]) -> dict[str, Any]:
    """Return the file's statistics in Delta's form; other engines skip files by them."""
    low: dict[str, Any] = {}
    high: dict[str, Any] = {}
    nulls: dict[str, int] = {}
    for quoted_name, found in columns.items():
        name = quoted_name.strip('"')
        if "null_count" in found:
            nulls[name] = int(found["null_count"])
        kind = declared.column(name).type
        if kind not in {"string", "date", "int64"} or not {"min", "max"} <= found.keys():
            continue
        if max(len(found["min"]), len(found["max"])) > _STATS_TEXT_MAX:
            continue
        read = int if kind == "int64" else str
        low[name], high[name] = read(found["min"]), read(found["max"])
    return {"numRecords": rows, "minValues": low, "maxValues": high, "nullCount": nulls}
