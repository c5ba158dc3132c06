"""``regulars manage``: Django's own commands (migrate, shell, dbshell, db_worker …)."""

from __future__ import annotations

import typer
from django.core.management import execute_from_command_line


def register(app: typer.Typer) -> None:
    """Add ``manage`` to the command."""
    app.command(
        context_settings={"allow_extra_args": True, "ignore_unknown_options": True},
        add_help_option=False,
    )(manage)


def manage(context: typer.Context) -> None:
    """Run one of Django's commands. Example: regulars manage migrate"""
    execute_from_command_line(["regulars manage", *context.args])
