"""``regulars bench``: the benchmarks of a source checkout."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer

from regulars.base.errors import ConfigurationError

RUNNER = Path(__file__).parents[4] / "benchmarks" / "run.py"


def register(app: typer.Typer) -> None:
    """Add ``bench`` to the command."""
    app.command()(bench)


def bench(
    scenarios: Annotated[
        list[str] | None, typer.Argument(help="Names of scenarios; all when none is given.")
    ] = None,
    *,
    names: Annotated[
        bool, typer.Option("--list", help="Say what there is to measure; measure nothing.")
    ] = False,
    latest: Annotated[
        bool, typer.Option("--latest", help="Show the last kept figures; measure nothing.")
    ] = False,
) -> None:
    """Measure beside peers and physical limits, as make bench does. Example: regulars bench rfm"""
    if not RUNNER.exists():
        raise ConfigurationError(
            "the benchmarks are not part of the installed package",
            where=str(RUNNER),
            fix="Run make bench in a source checkout",
        )
    asked = ["--list"] * names + ["--latest"] * latest
    # A process of its own: the benchmarks make a home of their own before settings are read.
    done = subprocess.run([sys.executable, str(RUNNER), *(scenarios or []), *asked], check=False)
    raise typer.Exit(done.returncode)
