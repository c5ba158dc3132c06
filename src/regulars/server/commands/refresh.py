"""``regulars refresh``: bring the feature tables up to date."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

import typer
from django.conf import settings
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from regulars.apps.members.services.serving import serve_profiles
from regulars.apps.tags.services import refresh_everything
from regulars.lake import Lake
from regulars.science.producers import RefreshReport, latest_as_of
from regulars.server import processes
from regulars.server.measures import brand_producers
from regulars.server.tag_report import show_tags

AsOf = Annotated[
    datetime | None,
    typer.Option(
        formats=["%Y-%m-%d"],
        help="Every fact before this date counts. Default: the day after the last order.",
    ),
]


def register(app: typer.Typer) -> None:
    """Add ``refresh`` to the command."""
    app.command()(refresh)


def refresh(
    *,
    full: Annotated[
        bool, typer.Option("--full", help="Measure every member, not only those with new facts.")
    ] = False,
    refit: Annotated[
        bool, typer.Option("--refit", help="Fit the models anew, though some hold for the month.")
    ] = False,
    as_of: AsOf = None,
) -> None:
    """Compute features and tags of the members. Example: regulars refresh --as-of 2018-01-01"""
    # After an upgrade: the ledger is told last, when everything is computed.
    processes.migrate()
    console = Console()
    lake = Lake(settings.REGULARS_LAKE)
    day = day_of(lake, as_of)
    with console.status("Refreshing") as status:
        done = refresh_everything(
            lake,
            day,
            full=full,
            refit=refit,
            producers=brand_producers(),
            on_start=lambda name: status.update(f"Refreshing {name}"),
        )
        status.update("Serving profiles")
        served = serve_profiles(lake)
    _show(console, done.features)
    if done.tags is not None:
        show_tags(console, done.tags)
    console.print(f"{served.written:,} profiles written, {served.removed:,} removed")
    if any(done.errors()):
        raise typer.Exit(1)


def day_of(lake: Lake, as_of: datetime | None) -> date:
    """Return the date that was asked for, or the day after the last order."""
    if as_of is not None:
        return as_of.date()
    with lake.snapshot() as snapshot:
        return latest_as_of(snapshot)


def _show(console: Console, report: RefreshReport) -> None:
    table = Table(title=f"Features as of {report.as_of}", title_justify="left")
    for name in ("producer", "state", "mode"):
        table.add_column(name)
    for name in ("measured", "facts read", "rows", "seconds", "peak MiB"):
        table.add_column(name, justify="right")
    for run in report.runs:
        table.add_row(
            run.producer,
            run.state,
            run.mode,
            f"{run.members_touched:,}",
            f"{run.rows_in:,}",
            f"{run.rows_out:,}",
            f"{run.seconds:.2f}",
            f"{run.peak_memory_mb:,.0f}",
        )
    console.print(table)
    for run in report.runs:
        if run.error is not None:
            console.print(f"[red]✗[/red] {run.producer}: {run.error}", highlight=False)
    for note in report.notes:
        console.print(f"[yellow]![/yellow] {escape(note)}", highlight=False)
