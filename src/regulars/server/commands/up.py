"""``regulars up``: the web process and the worker, side by side."""

from __future__ import annotations

from typing import Annotated

import typer

from regulars.server import processes


def register(app: typer.Typer) -> None:
    """Add ``up`` to the command."""
    app.command()(up)


def up(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.")] = 8000,
    *,
    worker: Annotated[bool, typer.Option(help="Also run the background worker.")] = True,
) -> None:
    """Serve the pages and run background jobs until stopped. Example: regulars up --port 8080"""
    processes.migrate()
    processes.serve(host=host, port=port, worker=worker)
