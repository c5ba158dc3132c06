"""``regulars bench``: the benchmarks of a source checkout."""

from __future__ import annotations

import runpy
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
) -> None:
    """Measure beside peers and physical limits, as make bench does. Example: regulars bench rfm"""
    if not RUNNER.exists():
        raise ConfigurationError(
            "the benchmarks are not part of the installed package",
            where=str(RUNNER),
            fix="Run make bench in a source checkout",
        )
    # The scenarios import their peers, which only a checkout's virtual environment has.
    sys.argv = [str(RUNNER), *(scenarios or [])]
    sys.path.insert(0, str(RUNNER.parents[1]))
    runpy.run_path(str(RUNNER), run_name="__main__")
