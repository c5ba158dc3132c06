"""``regulars doctor``: is this installation well?"""

from __future__ import annotations

import typer
from rich.console import Console
from rich.table import Table

from regulars.server.diagnosis import (
    counts,
    installation,
    keys,
    lake_tables,
    plain_values,
)
from regulars.server.diagnosis.finding import Check, Finding, Health, findings

_SIGNS = {Health.FINE: "[green]✓[/]", Health.NOTE: "[yellow]![/]", Health.FAILED: "[red]✗[/]"}
_CHECKS: tuple[tuple[str, Check], ...] = (
    ("versions", installation.versions),
    ("disk", installation.disk),
    ("ledger", installation.database),
    ("vault", keys.keys),
    ("lake", lake_tables.lake_tables),
    ("members", counts.members),
    ("orders", counts.sums),
    ("waiting", counts.waiting),
    ("plain values", plain_values.plain_values),
)


def register(app: typer.Typer) -> None:
    """Add ``doctor`` to the command."""
    app.command()(doctor)


def doctor() -> None:
    """Check keys, versions, disk, tables and counts; exit 1 if something must be put right.

    Example: regulars doctor
    """
    console = Console()
    with console.status("Examining"):
        found = examined()
    console.print(_table(found))
    if any(finding.health == Health.FAILED for finding in found):
        raise typer.Exit(1)


def examined() -> list[Finding]:
    """Run every check, also after one has failed."""
    return [finding for part, check in _CHECKS for finding in findings(part, check)]


def _table(found: list[Finding]) -> Table:
    table = Table(box=None, pad_edge=False)
    for heading in ("", "Part", "Found", "What to do"):
        table.add_column(heading, overflow="fold")
    for finding in found:
        table.add_row(_SIGNS[finding.health], finding.part, finding.what, finding.fix)
    return table
