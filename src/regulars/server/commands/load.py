"""``regulars load``: bring one source into the lake, or a whole set of them."""

from __future__ import annotations

import time
from typing import Annotated

import typer
from django.utils.translation import override
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from regulars.apps.ingest.types import FailedFile, LoadReport, RunState
from regulars.server import processes

_STEPS = {
    "reading": "Reading",
    "matching": "Finding members",
    "writing": "Writing",
    "settling": "Moving facts of merged members",
}


def register(app: typer.Typer) -> None:
    """Add ``load`` to the command."""
    app.command()(load)


def load(
    mapping: Annotated[
        str,
        typer.Argument(
            help="Name of a mapping, such as complete_journey/products, or a file; "
            "or a set of mappings, such as simulated_chain."
        ),
    ],
    path: Annotated[
        str,
        typer.Option(
            help="Read this file instead of the mapping's; of a set: start in this folder."
        ),
    ] = "",
    *,
    force: Annotated[bool, typer.Option(help="Read a file again that was loaded before.")] = False,
    dry_run: Annotated[bool, typer.Option(help="Read and clean; write nothing.")] = False,
) -> None:
    """Load a source by its mapping, or every file of a set of mappings in the right order.

    Examples: regulars load complete_journey/products
    and regulars load simulated_chain --path chain/raw
    """
    from regulars.apps.ingest import queries, services

    processes.migrate()
    console = Console()
    # The command line speaks English; pages say the reasons in the reader's language.
    with override("en"):
        if queries.is_set_of_mappings(mapping):
            _load_set(console, mapping, folder=path, force=force, dry_run=dry_run)
            return
        with _bar(console) as bar:
            task = bar.add_task("Reading", total=None)

            def show(step: str, rows: int, total: int | None) -> None:
                bar.update(task, description=_STEPS[step], completed=rows, total=total)

            report = services.load(
                mapping, path=path, force=force, dry_run=dry_run, on_progress=show
            )
        _print(console, report)


def _load_set(console: Console, name: str, *, folder: str, force: bool, dry_run: bool) -> None:
    """Load a set with a line per file; exit with 1 when a file could not be loaded."""
    from regulars.apps.ingest import services

    started = time.monotonic()
    done: list[LoadReport] = []
    failed: list[FailedFile] = []
    with _bar(console) as bar:
        files = bar.add_task("Files", total=None)
        rows_of_file = bar.add_task("Reading", total=None)

        def begin(file: services.PlannedFile) -> None:
            bar.update(files, description=file.name, completed=file.place - 1, total=file.total)
            bar.reset(rows_of_file, total=None)

        def show(step: str, rows: int, total: int | None) -> None:
            bar.update(rows_of_file, description=_STEPS[step], completed=rows, total=total)

        for found in services.load_set(
            name, folder=folder, force=force, dry_run=dry_run, on_file=begin, on_progress=show
        ):
            if isinstance(found, FailedFile):
                failed.append(found)
                console.print(f"[red]✗[/red] {found.error}", highlight=False, soft_wrap=True)
            else:
                done.append(found)
                _print(console, found)
    _print_sum(console, done, failed, seconds=time.monotonic() - started)
    if failed:
        raise typer.Exit(1)


def _print_sum(
    console: Console, done: list[LoadReport], failed: list[FailedFile], *, seconds: float
) -> None:
    """Say what all files together came to."""
    before = sum(report.state is RunState.UNCHANGED for report in done)
    counts = [report.counts for report in done]
    peak = max((report.peak_bytes for report in done), default=0)
    console.print(
        f"{len(done) - before:,} files loaded, {before:,} loaded before, {len(failed):,} failed: "
        f"{sum(one.read for one in counts):,} rows read = "
        f"{sum(one.loaded for one in counts):,} loaded + "
        f"{sum(one.duplicates for one in counts):,} duplicates + "
        f"{sum(one.quarantined for one in counts):,} quarantined "
        f"in {seconds:.1f} s, at most {peak / 2**20:,.0f} MiB of memory",
        soft_wrap=True,
    )


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
        f"in {report.seconds:.1f} s",
        soft_wrap=True,
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
