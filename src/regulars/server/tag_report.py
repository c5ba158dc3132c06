"""What the commands print of a refresh of the tags."""

from __future__ import annotations

from rich.console import Console
from rich.markup import escape

from regulars.science.tags import TagReport


def show_tags(console: Console, report: TagReport | None) -> None:
    """Print what a refresh of the tags did."""
    if report is None:
        console.print("There is no tag; regulars tags install brings the shipped ones")
        return
    run = report.run
    console.print(
        f"tags as of {run.as_of}: {run.state}, {run.mode}, {run.rows_out:,} members, "
        f"{run.rows_written or 0:,} rows written, {run.seconds:.2f} s, "
        f"{run.peak_memory_mb:,.0f} MiB",
        highlight=False,
    )
    for code, error in sorted(report.errors.items()):
        console.print(f"[red]✗[/red] {code}: {escape(error)}", highlight=False)
