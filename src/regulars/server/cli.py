"""The ``regulars`` command: one file in ``commands/`` per subcommand.

A failure prints what was wrong, where and what to do, and exits with 1; a traceback appears only
with REGULARS_DEBUG.
"""

from __future__ import annotations

import importlib
import os
import sys

import typer
from rich.console import Console

from regulars.base import environment
from regulars.base.errors import RegularsError
from regulars.server.demo.home import claim_for_demo

COMMANDS = (
    *("demo", "up", "load", "refresh", "simulate", "move_ledger"),
    *("tags", "lookalike", "staff", "keys", "doctor", "tidy", "bench", "manage"),
)


def main() -> None:
    """Run the command named on the command line."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "regulars.server.settings")
    try:
        if sys.argv[1:2] == ["demo"] and not {"-h", "--help"} & set(sys.argv):
            claim_for_demo()
        # The demo's home must be claimed before the settings are read.
        import django

        django.setup()
        mounted(sys.argv[1] if len(sys.argv) > 1 else None)(prog_name="regulars")
    except RegularsError as error:
        if environment.boolean("REGULARS_DEBUG", default=False):
            raise
        Console(stderr=True).print(f"[red]✗[/red] {error}", highlight=False, soft_wrap=True)
        sys.exit(1)


def mounted(wanted: str | None = None) -> typer.Typer:
    """Return the Typer app with every command, or with the ``wanted`` one alone.

    Each command brings its own rooms along; importing one instead of all halves the start.
    """
    app = typer.Typer(
        help="Regulars 熟客: member operations for chain retailers.",
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        rich_markup_mode="rich",
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback()(_group)
    module = (wanted or "").replace("-", "_")
    for name in [module] if module in COMMANDS else COMMANDS:
        importlib.import_module(f"regulars.server.commands.{name}").register(app)
    return app


def _group() -> None:
    """Member operations for chain retailers, in shops and online."""
