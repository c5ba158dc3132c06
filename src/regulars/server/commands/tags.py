"""``regulars tags``: list the tags, install the shipped packs, refresh, import."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from django.conf import settings
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from regulars.apps.accounts.types import DataScope
from regulars.apps.tags.queries import tags as all_tags
from regulars.apps.tags.services import import_tags, install_packs, refresh_all_tags
from regulars.apps.tags.services.importing import rows_of_csv
from regulars.base.errors import SourceError
from regulars.lake import Lake
from regulars.server import processes
from regulars.server.commands.refresh import AsOf, day_of
from regulars.server.tag_report import show_tags

_REFUSED_SHOWN = 20


def register(app: typer.Typer) -> None:
    """Add ``tags`` to the command."""
    group = typer.Typer(help=(tags.__doc__ or ""), no_args_is_help=True)
    group.command("list")(listed)
    group.command()(install)
    group.command()(refresh)
    group.command("import")(imported)
    app.add_typer(group, name="tags")


def tags() -> None:
    """List, install, refresh and import tags. Example: regulars tags install"""


def listed() -> None:
    """List the tags with their coverage. Example: regulars tags list"""
    processes.migrate()
    table = Table()
    for name in ("tag", "category", "made by", "version"):
        table.add_column(name)
    for name in ("members", "coverage", "as of"):
        table.add_column(name, justify="right")
    table.add_column("error")
    for tag in all_tags():
        one, state = tag.definition, tag.state
        table.add_row(
            one.code,
            " / ".join(tag.path),
            str(one.made_by),
            str(tag.version),
            f"{state.members:,}" if state else "",
            f"{state.coverage:.1%}" if state else "",
            str(state.as_of) if state else "",
            escape(state.error) if state else "",
        )
    Console().print(table)


def install() -> None:
    """Install the shipped packs; tags that are there stay as they are.

    Example: regulars tags install
    """
    processes.migrate()
    new = install_packs(Lake(settings.REGULARS_LAKE))
    Console().print(f"{new} tags installed, {len(all_tags()) - new} were there", highlight=False)


def refresh(
    *,
    full: Annotated[
        bool, typer.Option("--full", help="Decide every member, not only those touched.")
    ] = False,
    as_of: AsOf = None,
) -> None:
    """Decide the tags of the members. Example: regulars tags refresh --full"""
    processes.migrate()
    console, lake = Console(), Lake(settings.REGULARS_LAKE)
    with console.status("Deciding tags"), lake.refreshing():
        report = refresh_all_tags(lake, day_of(lake, as_of), full=full)
    show_tags(console, report)
    if report is not None and report.errors:
        raise typer.Exit(1)


def imported(
    file: Annotated[Path, typer.Argument(help="CSV with member_id, tag and value; UTF-8.")],
    system: Annotated[str, typer.Option(help="Which system says so, such as 虹客.")],
) -> None:
    """Give members what another system says of them; an empty value takes a tag away.

    Example: regulars tags import tags.csv --system 虹客
    """
    try:
        rows = rows_of_csv(file.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError) as error:
        raise SourceError(f"the file cannot be read: {error}", where=str(file)) from None
    processes.migrate()
    lake = Lake(settings.REGULARS_LAKE)
    report = import_tags(lake, rows, system=system, scope=DataScope("hq"))
    console = Console()
    console.print(f"{report.given:,} given, {len(report.refused):,} refused", highlight=False)
    for number, why in report.refused[:_REFUSED_SHOWN]:
        console.print(f"  row {number}: {why}", markup=False, highlight=False)
    if report.refused:
        raise typer.Exit(1)
