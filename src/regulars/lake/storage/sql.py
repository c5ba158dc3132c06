"""SQL text for DuckDB: names, values, types and the rows of a table's files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from regulars.lake.contracts import Contract
from regulars.lake.storage.delta import DataFile

_TYPES = {
    "string": "VARCHAR",
    "int64": "BIGINT",
    "float64": "DOUBLE",
    "boolean": "BOOLEAN",
    "date": "DATE",
    "timestamp('UTC')": "TIMESTAMPTZ",
}


def quoted(name: str) -> str:
    """Return the identifier in double quotes."""
    return '"' + name.replace('"', '""') + '"'


def text(value: str) -> str:
    """Return the value as an SQL string."""
    return "'" + value.replace("'", "''") + "'"


def names(columns: Iterable[str]) -> str:
    """Return the identifiers, quoted and comma-separated."""
    return ", ".join(quoted(name) for name in columns)


def sql_type(declared: Contract, name: str) -> str:
    """Return DuckDB's name of the column's type."""
    kind = declared.column(name).type
    return kind if kind.startswith("decimal") else _TYPES[kind]


def rows_of(
    declared: Contract,
    data: Sequence[DataFile],
    columns: Mapping[str, str],
    *,
    with_file: bool = False,
) -> str:
    """Return a query for the rows of the files, as the contract declares them.

    ``columns`` are those that the table had when the files were written: a column declared later
    reads as null. ``with_file`` adds the column ``held file``, the path of the row's file.
    """
    extra = [f"filename AS {quoted('held file')}"] if with_file else []
    if not data:
        empty = [f"NULL::{sql_type(declared, name)} AS {quoted(name)}" for name in _all(declared)]
        extra = [f"NULL::VARCHAR AS {quoted('held file')}"] if with_file else []
        return f"SELECT {', '.join(empty + extra)} WHERE false"
    selected = [
        f"{quoted(name) if name in columns else 'NULL'}::{sql_type(declared, name)} "
        f"AS {quoted(name)}"
        for name in _all(declared)
    ]
    paths = ", ".join(text(str(file.path)) for file in data)
    options = "hive_partitioning = false"
    if declared.partition:
        types = ", ".join(
            f"{text(name)}: {sql_type(declared, name)}" for name in declared.partition
        )
        options = f"hive_partitioning = true, hive_types = {{{types}}}"
    if set(columns) != set(declared.column_names):
        options += ", union_by_name = true"
    return f"SELECT {', '.join(selected + extra)} FROM read_parquet([{paths}], {options})"


def in_partitions(declared: Contract, partitions: Iterable[tuple[str, ...]]) -> str:
    """Return a condition that is true for rows of one of the partitions."""
    conditions = [
        " AND ".join(
            f"{quoted(name)} = {text(value)}"
            for name, value in zip(declared.partition, values, strict=True)
        )
        or "true"
        for values in partitions
    ]
    return " OR ".join(f"({condition})" for condition in conditions) or "false"


def _all(declared: Contract) -> tuple[str, ...]:
    return declared.column_names
