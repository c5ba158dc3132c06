"""``regulars keys``: make, list and revoke the API keys of other systems."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from regulars.api.queries.keys import api_key, api_keys
from regulars.api.services.keys import create_key, revoke_key
from regulars.api.types import RATE_DEFAULT, ApiKeyLine, ApiScope, KeyDetails
from regulars.apps.accounts.types import DataScope
from regulars.base.errors import NotVisibleError
from regulars.server import processes


def register(app: typer.Typer) -> None:
    """Add ``keys`` to the command."""
    group = typer.Typer(help=(keys.__doc__ or ""), no_args_is_help=True)
    group.command()(create)
    group.command("list")(listed)
    group.command()(revoke)
    app.add_typer(group, name="keys")


def keys() -> None:
    """Make, list and revoke the API keys of other systems. Example: regulars keys list"""


def create(
    name: Annotated[str, typer.Argument(help="The system that will use the key.")],
    may: Annotated[
        list[ApiScope], typer.Option(help="A scope of the key; give the option once for each.")
    ],
    scope: Annotated[
        str,
        typer.Option(help="hq, or region:ID, store:ID, guide:ID; several ids with commas."),
    ] = "hq",
    rate: Annotated[int, typer.Option(min=1, help="Requests per minute.")] = RATE_DEFAULT,
    days: Annotated[
        int | None, typer.Option(min=1, help="Expire after so many days; never when not given.")
    ] = None,
) -> None:
    """Make a key and print its token, once.

    Example: regulars keys create till-7 --may orders:write --may members:read --scope store:S01
    """
    processes.migrate()
    kind, _, ids = scope.partition(":")
    cut = DataScope(kind, tuple(one for one in ids.split(",") if one))  # type: ignore[arg-type]  # checked by DataScope
    expires_at = datetime.now(tz=UTC) + timedelta(days=days) if days else None
    made = create_key(None, KeyDetails(name, tuple(may), cut, rate, expires_at))
    Console(stderr=True).print(
        f"Made the key {made.prefix} for {name}. Keep the token: it is shown only now."
    )
    # Alone on standard output, so that a script can take it.
    print(made.token)  # noqa: T201


def listed() -> None:
    """List the keys, never their secrets. Example: regulars keys list"""
    processes.migrate()
    table = Table("key", "name", "may", "data scope", "per minute", "expires", "state")
    for key in api_keys():
        table.add_row(*_cells(key))
    Console().print(table)


def revoke(
    prefix: Annotated[str, typer.Argument(help="The key's prefix, as the list shows it.")],
) -> None:
    """Revoke a key, from its next request on. Example: regulars keys revoke 3kq7m2xa"""
    processes.migrate()
    key = api_key(prefix.removeprefix("rgl_").partition("_")[0])
    if key is None:
        raise NotVisibleError(
            f"there is no key {prefix!r}", fix="See the prefixes with: regulars keys list"
        )
    done = revoke_key(None, key_id=key.key_id)
    Console().print(f"Revoked {key.prefix}" if done else f"{key.prefix} was revoked before")


def _cells(key: ApiKeyLine) -> tuple[str, ...]:
    return (
        key.prefix,
        key.name,
        " ".join(key.scopes),
        ":".join([key.data_scope.kind, *filter(None, [",".join(key.data_scope.ids)])]),
        f"{key.rate_per_minute:,}",
        f"{key.expires_at:%Y-%m-%d}" if key.expires_at else "never",
        str(key.state.value),
    )
