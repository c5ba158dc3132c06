"""``regulars staff``: create the first administrator, or any other staff user."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.console import Console

from regulars.apps.accounts.services.staff import create_staff
from regulars.apps.accounts.types import DataScope, Role, StaffDetails
from regulars.server import processes


def register(app: typer.Typer) -> None:
    """Add ``staff`` to the command."""
    app.command()(staff)


def staff(
    username: Annotated[str, typer.Argument(help="The name to sign in with.")],
    password: Annotated[
        str,
        typer.Option(
            prompt=True,
            hide_input=True,
            confirmation_prompt=True,
            envvar="REGULARS_STAFF_PASSWORD",
            help="Asked for when not given.",
        ),
    ],
    role: Annotated[Role, typer.Option(help="What kind of work the person does.")] = Role.ADMIN,
    name: Annotated[str, typer.Option(help="The name shown on the pages.")] = "",
    scope: Annotated[
        str,
        typer.Option(help="hq, or region:ID, store:ID, guide:ID; several ids with commas."),
    ] = "hq",
) -> None:
    """Create a staff user. Example: regulars staff li.na --role shop_manager --scope store:S01"""
    processes.migrate()
    kind, _, ids = scope.partition(":")
    cut = DataScope(kind, tuple(one for one in ids.split(",") if one))  # type: ignore[arg-type]  # checked by DataScope
    create_staff(None, StaffDetails(username, name or username, role, cut), password=password)
    Console().print(f"Created {username} ({role.label}), scope {scope}")
