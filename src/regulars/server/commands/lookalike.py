"""``regulars lookalike``: find the members most like a seed, and keep them as a tag."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from django.conf import settings
from rich.console import Console

from regulars.apps.audiences.services import ask_expansion, keep_as_tag, work_out
from regulars.apps.audiences.types import Expansion, Seed
from regulars.base.errors import RuleError, SourceError
from regulars.lake import Lake
from regulars.science.producers import latest_as_of
from regulars.server import processes

_STEPS = (0, 25, 50, 75, 90)


def register(app: typer.Typer) -> None:
    """Add ``lookalike`` to the command."""
    app.command()(lookalike)


def lookalike(
    rule: Annotated[str, typer.Option(help="The seed: everybody for whom this rule holds.")] = "",
    members: Annotated[
        Path | None, typer.Option(help="The seed: a file with a member id on each line.")
    ] = None,
    excluded: Annotated[str, typer.Option(help="Leave out whom this rule holds for.")] = "",
    tag: Annotated[str, typer.Option(help="Keep them as a new tag of this code.")] = "",
    similarity: Annotated[
        int, typer.Option(min=0, max=100, help="How alike those with the tag are at least.")
    ] = 50,
    as_of: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%d"],
            help="Compare members as of this date. Default: the day after the last order.",
        ),
    ] = None,
) -> None:
    """Find the members most like a seed; the console shows them under Insights, Look-alikes.

    Example: regulars lookalike --rule 'feature.rfm.rfm_group = "important_value"'
    """
    processes.migrate()
    console, lake = Console(), Lake(settings.REGULARS_LAKE)
    with lake.snapshot() as snapshot:
        day = as_of.date() if as_of is not None else latest_as_of(snapshot)
    seed = Seed(rule, _ids(members))
    title = (rule or str(members))[:80]
    run_id = ask_expansion(None, lake, seed, title=title, as_of=day, excluded_rule=excluded)
    with console.status("Comparing everybody with the seed"):
        found = work_out(lake, run_id)
    _show(console, found)
    if tag:
        given = keep_as_tag(None, lake, run_id, code=tag, similarity_min=float(similarity))
        console.print(
            f"{given:,} members get the tag {tag}; see it after: regulars tags refresh",
            highlight=False,
        )


def _show(console: Console, found: Expansion) -> None:
    report = found.report
    if report is None:
        raise RuleError(found.error, where="look-alikes")
    console.print(
        f"{found.run_id}: AUC {report.auc:.2f} (a random order: 0.50 ± "
        f"{report.auc_random_error:.2f}), seed {report.seed:,}, among {report.others:,}, "
        f"left out {report.refused:,}, {report.seconds:.1f} s",
        highlight=False,
    )
    for step in _STEPS:
        console.print(f"  at least {step:>2} % alike: {found.counts[step]:,}", highlight=False)
    if not report.trusted:
        console.print("[yellow]The seed has little in common: most are like it by chance.[/yellow]")


def _ids(file: Path | None) -> tuple[str, ...]:
    if file is None:
        return ()
    try:
        lines = file.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise SourceError(f"the file cannot be read: {error}", where=str(file)) from None
    return tuple(dict.fromkeys(one.strip() for one in lines if one.strip()))
