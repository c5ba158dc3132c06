"""Move the ledger: an empty target, one transaction, and nothing kept that does not add up.

The source is only read, and cannot be written by anybody while it is. The target's tables are
made first, empty; all rows then go in within one transaction, are read back from the target and
compared with what the source handed out. Whoever dies on the way leaves an empty target.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.core.management import call_command
from django.core.management.color import no_style
from django.db import DatabaseError, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.executor import MigrationExecutor

from regulars.base.errors import LedgerError
from regulars.server.ledger.address import POSTGRESQL, LedgerAddress
from regulars.server.ledger.moving.digest import Digest
from regulars.server.ledger.moving.rows import chunks_of, write_rows
from regulars.server.ledger.moving.tables import MIGRATIONS_TABLE, LedgerTable, ledger_tables

SOURCE, TARGET = "default", "move_target"
_LOCK_SECONDS = 20
_LARGE_CACHE = -400_000  # in KiB, as SQLite wants it: negative

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class MovedTable:
    """What was moved of one table; both sides have this count and this checksum."""

    name: str
    rows: int
    checksum: str


@dataclass(frozen=True, slots=True)
class Moved:
    """Every table, in the order in which it was moved."""

    tables: tuple[MovedTable, ...]

    @property
    def rows(self) -> int:
        """All rows together."""
        return sum(table.rows for table in self.tables)


def move_ledger(
    source: LedgerAddress, target: LedgerAddress, *, on_progress: Progress = lambda *_: None
) -> Moved:
    """Copy the whole ledger to an empty database; ``on_progress`` hears table, rows done, rows.

    Raises:
        LedgerError: The target is the source or not empty, one of the two cannot be used, or a
            table did not arrive as it left. The target then holds no row.
    """
    if source.shown == target.shown:
        raise LedgerError("this is the ledger in use", where=target.shown, fix="Name another one")
    with _connected(target) as connection, _named_errors(source, target):
        _demand_migrated(source)
        _demand_empty(connection, target)
        call_command("migrate", database=TARGET, verbosity=0, interactive=False)
        with _unchanging(connections[SOURCE]), transaction.atomic(using=TARGET):
            _demand_rowless(connection, target)
            moved = Moved(tuple(_moved(connection, on_progress)))
            _reset_sequences(connection)
    return moved


def _moved(target: BaseDatabaseWrapper, on_progress: Progress) -> Iterator[MovedTable]:
    tables = ledger_tables()
    for table in reversed(tables):
        if table.made_by_migrate:
            table.model._base_manager.using(TARGET).all().delete()  # noqa: SLF001 Django documents it
    left: dict[str, Digest] = {}
    for table in tables:
        left[table.name] = _copied(table, target, on_progress)
    for table in tables:
        sent, held = left[table.name], Digest(table.fields)
        for chunk in chunks_of(table, TARGET):
            held.add(chunk)
            on_progress(f"checking {table.name}", held.rows, sent.rows)
        if (sent.rows, sent.total) != (held.rows, held.total):
            raise LedgerError(
                f"{sent.rows:,} rows ({sent.text}) left and {held.rows:,} ({held.text}) arrived",
                where=table.name,
                fix="Nothing was moved. Please report this",
            )
        yield MovedTable(table.name, held.rows, held.text)


def _copied(table: LedgerTable, target: BaseDatabaseWrapper, on_progress: Progress) -> Digest:
    sent = Digest(table.fields)
    rows = table.model._base_manager.using(SOURCE).count()  # noqa: SLF001 Django documents it
    try:
        for chunk in chunks_of(table, SOURCE):
            write_rows(table, target, chunk)
            sent.add(chunk)
            on_progress(f"copying {table.name}", sent.rows, rows)
    except DatabaseError as error:
        raise LedgerError(
            f"the target does not take a row after the first {sent.rows:,}: {_first_line(error)}",
            where=table.name,
            fix="Nothing was moved. Mend that row in the old ledger and try again",
        ) from error
    return sent


@contextmanager
def _connected(target: LedgerAddress) -> Iterator[BaseDatabaseWrapper]:
    """Let Django know the target for as long as the block lasts."""
    entry = connections.configure_settings({"default": {}, TARGET: dict(target.database)})[TARGET]
    connections.databases[TARGET] = entry
    connection = connections[TARGET]
    try:
        yield connection
    finally:
        connection.close()
        del connections[TARGET]
        del connections.databases[TARGET]


@contextmanager
def _named_errors(source: LedgerAddress, target: LedgerAddress) -> Iterator[None]:
    try:
        yield
    except DatabaseError as error:
        raise LedgerError(
            _first_line(error),
            where=f"{source.shown} → {target.shown}",
            fix="Nothing was moved. Put this right and try again",
        ) from error


@contextmanager
def _unchanging(source: BaseDatabaseWrapper) -> Iterator[None]:
    """Let others read the source, and nobody write it; wait a little for who is writing now."""
    with transaction.atomic(using=SOURCE):
        # On SQLite the transaction itself holds the write lock: ours begin IMMEDIATE.
        if source.vendor == "postgresql":
            names = ", ".join(source.ops.quote_name(table.name) for table in ledger_tables())
            with source.cursor() as cursor:
                cursor.execute(f"SET LOCAL lock_timeout = '{_LOCK_SECONDS}s'")
                cursor.execute(f"LOCK TABLE {names} IN SHARE MODE")
        yield


def _demand_migrated(source: LedgerAddress) -> None:
    executor = MigrationExecutor(connections[SOURCE])
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise LedgerError(
            "the ledger is not of this version yet",
            where=source.shown,
            fix="Run regulars manage migrate first",
        )


def _demand_empty(connection: BaseDatabaseWrapper, target: LedgerAddress) -> None:
    """Refuse a target with tables of somebody else, or with rows in ours."""
    if target.vendor != POSTGRESQL:
        target.database["NAME"].parent.mkdir(parents=True, exist_ok=True)
    ours = {table.name for table in ledger_tables()} | {MIGRATIONS_TABLE}
    others = sorted(set(connection.introspection.table_names()) - ours)
    if others:
        raise LedgerError(
            f"it holds tables that are not Regulars': {', '.join(others[:5])}",
            where=target.shown,
            fix="Name an empty database",
        )
    _demand_rowless(connection, target)


def _demand_rowless(connection: BaseDatabaseWrapper, target: LedgerAddress) -> None:
    held = set(connection.introspection.table_names())
    full = []
    for table in ledger_tables():
        if table.name not in held or table.made_by_migrate:
            continue
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT 1 FROM {connection.ops.quote_name(table.name)} LIMIT 1")  # noqa: S608 names of our own tables
            if cursor.fetchone():
                full.append(table.name)
    if full:
        raise LedgerError(
            f"it is not empty: there are rows in {', '.join(full[:5])}",
            where=target.shown,
            fix="Name an empty database; a ledger is never written over another one",
        )
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute(f"PRAGMA cache_size = {_LARGE_CACHE}")


def _reset_sequences(connection: BaseDatabaseWrapper) -> None:
    """Let new rows be numbered after the moved ones; SQLite does so by itself."""
    models = [table.model for table in ledger_tables()]
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), models):
            cursor.execute(statement)


def _first_line(error: DatabaseError) -> str:
    """Return what the database says, without the row it may quote on later lines."""
    return (str(error).splitlines() or [type(error).__name__])[0]
