"""``regulars load``: bring one source into the lake."""

from __future__ import annotations

from typing import Annotated

import typer
from django.utils.translation import override
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from regulars.apps.ingest.types import LoadReport, RunState
from regulars.server import processes

_STEPS = {"reading": "Reading", "matching": "Finding members", "writing": "Writing"}


def register(app: typer.Typer) -> None:
    """Add ``load`` to the command."""
    app.command()(load)


def load(
    mapping: Annotated[
        str, typer.Argument(help="Name of a mapping, such as complete_journey/products, or a file.")
    ],
    path: Annotated[str, typer.Option(help="Read this file instead of the mapping's.")] = "",
    *,
    force: Annotated[bool, typer.Option(help="Read a file again that was loaded before.")] = False,
    dry_run: Annotated[bool, typer.Option(help="Read and clean; write nothing.")] = False,
) -> None:
    """Load a source by its mapping. Example: regulars load complete_journey/products"""
    from regulars.apps.ingest import services

    processes.migrate()
    console = Console()
    # The command line speaks English; pages say the reasons in the reader's language.
    with override("en"), _bar(console) as bar:
        task = bar.add_task("Reading", total=None)

        def show(step: str, rows: int, total: int | None) -> None:
            bar.update(task, description=_STEPS[step], completed=rows, total=total)

        report = services.load(mapping, path=path, force=force, dry_run=dry_run, on_progress=show)
    _print(console, report)


def _bar(console: Console) -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=console,
        transient=True,
    )


def _print(console: Console, report: LoadReport) -> None:
    """Say what was done: every row read is loaded, a duplicate or quarantined."""
    counts = report.counts
    if report.state is RunState.UNCHANGED:
        console.print(f"[green]✓[/green] {report.source_file} was loaded before; nothing changed")
        return
    verb = "would load" if report.run_id is None else "loaded"
    console.print(
        f"[green]✓[/green] {report.source_file} → {report.contract}: {counts.read:,} read = "
        f"{counts.loaded:,} {verb} + {counts.duplicates:,} duplicates "
        f"({counts.unchanged:,} unchanged) + {counts.quarantined:,} quarantined "
        f"in {report.seconds:.1f} s"
    )
    if report.members_created or report.members_merged or report.reviews_opened:
        console.print(
            f"  members: {report.members_created:,} new, {report.members_merged:,} merged, "
            f"{report.reviews_opened:,} to review"
        )
    if report.reasons or report.notes:
        console.print(_findings(report))


def _findings(report: LoadReport) -> Table:
    table = Table(box=None, padding=(0, 2))
    table.add_column("rows", justify="right")
    table.add_column("what")
    for reason in report.reasons:
        table.add_row(f"{reason.count:,}", f"[red]refused[/red] {reason.text}")
    for note in report.notes:
        table.add_row(f"{note.count:,}", f"noted {note.rule}")
    return table
