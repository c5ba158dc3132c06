"""The least a WSGI server can answer: what the API's reads are measured beside."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any


def application(_environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", "14")])
    return [b'{"hello":true}']


def made() -> Callable[..., Iterable[bytes]]:
    """Return the application, as granian asks a factory for it."""
    return application
