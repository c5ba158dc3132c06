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
    """Compact and vacuum the lake; run it nightly.

    It also brings the lake's members in line with the ledger, and seals identifiers and names
    under an older vault key again with the active one, forgets posted orders that landed ninety
    days ago, and takes erased members out of the pages' figures.
    Example: regulars tidy --keep-hours 24
    """
    from regulars.api.services.repeated_writes import forget_old_answers
    from regulars.apps.ingest.services.inbox import forget_landed_orders
    from regulars.apps.members.services.lake_side.publishing import publish
    from regulars.apps.members.services.resealing import reseal_identifiers, reseal_names
    from regulars.console.figures.digests import tidy_digests
    from regulars.server import processes

    processes.migrate()
    lake = Lake(settings.REGULARS_LAKE)
    console = Console()
    with console.status("Tidying"):
        published = publish(lake, note="tidy", everything=True)
        resealed = reseal_identifiers() + reseal_names()
        forgotten = forget_landed_orders()
        answers = forget_old_answers()
        digests = tidy_digests()
        before = sum(table.files for table in lake.tables())
        lake.compact()
        deleted = lake.vacuum(keep_hours=keep_hours)
        after = sum(table.files for table in lake.tables())
    console.print(
        f"Members: {published.written:,} rows written, {published.removed:,} removed, "
        f"{published.facts_moved:,} facts moved; {resealed:,} identifiers and names resealed"
    )
    console.print(f"Inbox: {forgotten:,} orders that landed long ago forgotten")
    console.print(f"API: {answers:,} answers kept for repeated writes forgotten")
    console.print(f"Figures: {digests:,} digests of older commits deleted")
    console.print(f"Tidied the lake: {before} files became {after}, {deleted} old ones deleted")
