"""Rows out of one database and into another, a chunk at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Any, cast

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import (
    BooleanField,
    CharField,
    Field,
    FloatField,
    ForeignKey,
    IntegerField,
    TextField,
)

from regulars.server.ledger.moving.tables import LedgerTable

CHUNK_ROWS = 5_000
# Both databases take the Python value of these as it is.
_TAKEN_AS_THEY_ARE = (BooleanField, CharField, FloatField, IntegerField, TextField)

Row = tuple[Any, ...]


def chunks_of(table: LedgerTable, alias: str) -> Iterator[list[Row]]:
    """Yield the table's rows as Python values; no more than a chunk is ever held."""
    names = [field.attname for field in table.fields]
    rows = iter(
        table.model._base_manager.using(alias)  # noqa: SLF001 Django documents it
        .order_by()
        .values_list(*names)
        .iterator(chunk_size=CHUNK_ROWS)
    )
    while chunk := cast("list[Row]", list(islice(rows, CHUNK_ROWS))):
        yield chunk


def write_rows(table: LedgerTable, target: BaseDatabaseWrapper, rows: Sequence[Row]) -> None:
    """Insert rows with all their values, keys included."""
    quote = target.ops.quote_name
    names = ", ".join(quote(str(field.column)) for field in table.fields)
    takers = [_taker(field, target) for field in table.fields]
    prepared = (
        tuple(
            value if take is None or value is None else take(value)
            for take, value in zip(takers, row, strict=True)
        )
        for row in rows
    )
    with target.cursor() as cursor:
        if target.vendor == "postgresql":
            copy = f"COPY {quote(table.name)} ({names}) FROM STDIN"
            with target.wrap_database_errors, cursor.cursor.copy(copy) as stream:
                for row in prepared:
                    stream.write_row(row)
        else:
            marks = ", ".join(["%s"] * len(takers))
            statement = f"INSERT INTO {quote(table.name)} ({names}) VALUES ({marks})"  # noqa: S608 names of our own tables
            cursor.executemany(statement, list(prepared))


def _taker(field: Field[Any, Any], target: BaseDatabaseWrapper) -> Callable[[Any], Any] | None:
    """Return what makes a value of the field one the database takes; None where it is one."""
    while isinstance(field, ForeignKey):
        field = field.target_field
    if isinstance(field, _TAKEN_AS_THEY_ARE):
        return None
    return lambda value: field.get_db_prep_save(value, connection=target)
