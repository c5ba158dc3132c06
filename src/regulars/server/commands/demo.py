"""``regulars demo``: a year of a real grocery chain, from raw files to pages."""

from __future__ import annotations

from typing import Annotated

import typer

from regulars.server import processes
from regulars.server.demo.build import build_demo
from regulars.server.demo.report import print_demo


def register(app: typer.Typer) -> None:
    """Add ``demo`` to the command."""
    app.command()(demo)


def demo(
    *,
    serve: Annotated[
        bool, typer.Option(help="Serve the pages when everything is prepared.")
    ] = True,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.")] = 8000,
) -> None:
    """Prepare The Complete Journey and serve it. Example: regulars demo --no-serve"""
    print_demo(build_demo(), address=f"http://{host}:{port}/" if serve else "")
    if serve:
        processes.serve(host=host, port=port, worker=True)
