"""``regulars simulate``: raw files of a chain that does not exist, and the truth about it."""

from __future__ import annotations

from datetime import datetime, time
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from regulars.science.simulation.options import DEFAULT_UNTIL, SimulationOptions

_DAY = "%Y-%m-%d"
_UNTIL = datetime.combine(DEFAULT_UNTIL, time.min)


def register(app: typer.Typer) -> None:
    """Add ``simulate`` to the command."""
    app.command()(simulate)


def simulate(
    *,
    members: Annotated[int, typer.Option(help="How many people register.")],
    out: Annotated[Path, typer.Option(help="Where to write; a new or an empty folder.")],
    months: Annotated[int, typer.Option(help="How many months of history.")] = 24,
    seed: Annotated[int, typer.Option(help="The same arguments write the same bytes.")] = 1,
    until: Annotated[
        datetime,
        typer.Option(formats=[_DAY], help="The day after the last; the first of a month."),
    ] = _UNTIL,
) -> None:
    """Simulate a chain. Example: regulars simulate --members 1000 --months 6 --out chain"""
    from regulars.science.simulation.simulate import simulate as written

    options = SimulationOptions(members=members, months=months, seed=seed, until=until.date())
    console = Console()
    with _bar(console) as bar:
        task = bar.add_task("Simulating", total=None)
        report = written(
            options,
            out,
            on_progress=lambda done, total: bar.update(task, completed=done, total=total),
        )
    lines = sum(
        rows for name, rows in report.rows.items() if "/orders_" in name and "truth" not in name
    )
    console.print(
        f"[green]✓[/green] {members:,} members, {lines:,} order lines from "
        f"{options.first_day} to {options.last_day}: {len(report.rows):,} files, "
        f"{report.bytes / 2**20:,.0f} MiB in {report.seconds:.1f} s"
    )
    console.print(f"  raw files in {out / 'raw'}, the truth in {out / 'truth'}", soft_wrap=True)


def _bar(console: Console) -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=console,
        transient=True,
    )
