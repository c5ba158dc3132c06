"""``regulars move-ledger``: the whole ledger to PostgreSQL, or back to SQLite."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from django.conf import settings
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table

from regulars.base.errors import ConfigurationError, LedgerError
from regulars.server.ledger.address import LedgerAddress, in_home, parsed, url_of
from regulars.server.ledger.moving import Moved, move_ledger

_RUNS_LOOKED_AT = 100


def register(app: typer.Typer) -> None:
    """Add ``move-ledger`` to the command."""
    app.command("move-ledger")(move)


def move(
    to: Annotated[
        str,
        typer.Option(
            "--to",
            help="URL of an empty database; `sqlite` for the file in REGULARS_HOME; "
            "`@FILE` reads the URL from a file, which keeps its password out of sight.",
        ),
    ],
) -> None:
    """Copy the ledger to another, empty database and check it there, row by row.

    Stop web, worker and loads first. The old ledger is only read and stays as it is; one
    transaction fills the new one, so that an interruption leaves it empty.

    Example: regulars move-ledger --to postgresql://regulars:PASSWORD@localhost/regulars
    """
    from regulars.apps.ingest.services import close_dead_runs

    source, target = settings.REGULARS_LEDGER, _target(to)
    close_dead_runs()
    _demand_quiet(source)
    console = Console()
    with Progress(
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), console=console
    ) as bar:
        task = bar.add_task("making tables", total=None)

        def show(what: str, done: int, rows: int) -> None:
            bar.update(task, description=what, completed=done, total=rows)

        moved = move_ledger(source, target, on_progress=show)
        bar.update(task, visible=False)
    console.print(_table(moved))
    console.print(f"Moved {moved.rows:,} rows; counts and checksums agree.", highlight=False)
    console.print(_next_steps(source, target), highlight=False, soft_wrap=True, markup=False)


def _target(to: str) -> LedgerAddress:
    if to == "sqlite":
        return in_home(settings.REGULARS_HOME)
    if not to.startswith("@"):
        return parsed(to, where="--to")
    file = Path(to[1:]).expanduser()
    try:
        return parsed(file.read_text(encoding="utf-8").strip(), where=str(file))
    except OSError as error:
        raise ConfigurationError(
            f"cannot be read: {error.strerror}", where=str(file), fix="Name a file with the URL"
        ) from error


def _demand_quiet(source: LedgerAddress) -> None:
    """Refuse while a load runs: it would end in the old ledger, with its orders in the lake."""
    from regulars.apps.ingest.queries import newest_runs
    from regulars.apps.ingest.types import RunState

    newest = newest_runs(before=None, limit=_RUNS_LOOKED_AT)
    running = sum(run.state == RunState.RUNNING for run in newest)
    if running:
        raise LedgerError(
            f"{running} load{'s' if running > 1 else ''} still running",
            where=source.shown,
            fix="Wait for the end, stop web and worker, and try again",
        )


def _table(moved: Moved) -> Table:
    table = Table(box=None, pad_edge=False)
    table.add_column("Table")
    table.add_column("Rows", justify="right")
    table.add_column("Checksum")
    for each in moved.tables:
        if each.rows:
            table.add_row(each.name, f"{each.rows:,}", each.checksum[:16])
    return table


def _next_steps(source: LedgerAddress, target: LedgerAddress) -> str:
    at_home = target.shown == in_home(settings.REGULARS_HOME).shown
    setting = (
        "unset DATABASE_URL (and DATABASE_URL_FILE)"
        if at_home
        else f"set DATABASE_URL={url_of(target)} (or put it in a file and set DATABASE_URL_FILE)"
    )
    return (
        f"What to do next:\n"
        f"  1. {setting}, for web, worker and every command\n"
        f"  2. regulars doctor: it says which ledger is in use, and looks it through\n"
        f"  3. regulars up\n"
        f"The vault keys stay where they are: REGULARS_VAULT_KEYS, or "
        f"{settings.REGULARS_HOME}/secrets. Without them the moved values cannot be opened.\n"
        f"The old ledger ({source.shown}) is as it was. What is written there from now on is lost "
        f"to the new one; delete it when the doctor is content."
    )
