"""Many ledger rows in and out at once: look-ups in chunks, inserts without model objects."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import Any, TypeVar, cast

from django.db import connection, models

T = TypeVar("T")

# Below the number of parameters that SQLite (32,766) and PostgreSQL (65,535) accept.
CHUNK = 10_000
_LARGE_CACHE = -400_000  # in KiB, as SQLite wants it: negative


def chunks(items: Iterable[T]) -> Iterator[list[T]]:
    """Yield lists of at most ``CHUNK`` items."""
    iterator = iter(items)
    while chunk := list(islice(iterator, CHUNK)):
        yield chunk


def insert_rows(
    model: type[models.Model],
    columns: Sequence[str],
    rows: Iterable[Sequence[Any]],
    *,
    on_conflict: str = "",
) -> None:
    """Insert rows of database values; five times faster than through model objects.

    Times must be prepared by ``database_time``. ``on_conflict`` is the SQL after the values.
    """
    quote = connection.ops.quote_name
    names = ", ".join(quote(column) for column in columns)
    marks = ", ".join(["%s"] * len(columns))
    table = quote(model._meta.db_table)  # noqa: SLF001 Django documents _meta as its interface
    statement = f"INSERT INTO {table} ({names}) VALUES ({marks}) {on_conflict}"  # noqa: S608 names of our own columns
    with connection.cursor() as cursor:
        cursor.executemany(statement, cast("Sequence[Sequence[Any]]", rows))


@contextmanager
def room_for_many_rows() -> Iterator[None]:
    """Let SQLite keep the pages of large indexes in memory while many rows go in."""
    if connection.vendor != "sqlite":
        yield
        return
    with connection.cursor() as cursor:
        usual = cursor.execute("PRAGMA cache_size").fetchone()[0]
        cursor.execute(f"PRAGMA cache_size = {_LARGE_CACHE}")
        try:
            yield
        finally:
            cursor.execute(f"PRAGMA cache_size = {int(usual)}")


def update_rows(
    model: type[models.Model], columns: Sequence[str], rows: Iterable[Sequence[Any]]
) -> None:
    """Set the columns of rows found by primary key, which comes last in each row."""
    quote = connection.ops.quote_name
    sets = ", ".join(f"{quote(column)} = %s" for column in columns)
    options = model._meta  # noqa: SLF001 Django documents _meta as its interface
    key = quote(str(options.pk.column))
    statement = f"UPDATE {quote(options.db_table)} SET {sets} WHERE {key} = %s"  # noqa: S608 as above
    with connection.cursor() as cursor:
        cursor.executemany(statement, cast("Sequence[Sequence[Any]]", rows))


def database_time(moment: Any) -> Any:
    """Return the moment as the database takes it."""
    return connection.ops.adapt_datetimefield_value(moment)
