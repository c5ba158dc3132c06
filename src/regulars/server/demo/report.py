"""What the demo prints when it is ready."""

from __future__ import annotations

from django.utils.translation import override
from rich.console import Console
from rich.table import Table

from regulars.server.demo.build import Demo


def print_demo(demo: Demo, *, address: str) -> None:
    """Print what is there and how to sign in."""
    console = Console()
    with override("en"):  # like everything else the command line says
        accounts = _accounts(demo)
    console.print(
        f"{demo.members:,} members · {demo.orders:,} orders · {demo.order_lines:,} order lines · "
        f"net sales ${demo.net_sales:,} · as of {demo.as_of}",
        highlight=False,
    )
    console.print(accounts)
    if address:
        console.print(f"Open [bold]{address}[/bold]", highlight=False)


def _accounts(demo: Demo) -> Table:
    table = Table(title="Sign in with", title_justify="left")
    for column in ("Role", "User name", "Password", "Sees"):
        table.add_column(column)
    for account in demo.accounts:
        details = account.details
        sees = (
            "everything" if details.scope.is_hq else f"{details.scope.kind} {details.scope.ids[0]}"
        )
        table.add_row(str(details.role.label), details.username, account.password, sees)
    return table
