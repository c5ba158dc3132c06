"""``regulars tidy``: join the lake's small files and delete what no commit needs any more."""

from __future__ import annotations

from typing import Annotated

import typer
from django.conf import settings
from rich.console import Console

from regulars.lake import Lake


def register(app: typer.Typer) -> None:
    """Add ``tidy`` to the command."""
    app.command()(tidy)


def tidy(
    keep_hours: Annotated[
        int, typer.Option(min=0, help="Keep files that commits of the last hours used.")
    ] = 168,
) -> None:
    """Compact and vacuum the lake; run it nightly. Example: regulars tidy --keep-hours 24"""
    lake = Lake(settings.REGULARS_LAKE)
    before = sum(table.files for table in lake.tables())
    lake.compact()
    deleted = lake.vacuum(keep_hours=keep_hours)
    after = sum(table.files for table in lake.tables())
    Console().print(f"Tidied the lake: {before} files became {after}, {deleted} old ones deleted")
