"""One writer, one refresh and one serving at a time, over all processes."""

from __future__ import annotations

import fcntl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from regulars.base.errors import LakeBusyError

_WRITING = "_lock"
_REFRESHING = "_refresh_lock"
_SERVING = "_serving_lock"
_RETRY_SECONDS = 0.02


@contextmanager
def write_lock(root: Path, *, wait_seconds: float) -> Iterator[None]:
    """Hold the lake's write lock; the kernel releases it when the process dies.

    Raises:
        LakeBusyError: Another writer held it for all of ``wait_seconds``.
    """
    with _held(root / _WRITING, "another writer", wait_seconds):
        yield


@contextmanager
def refresh_lock(root: Path, *, wait_seconds: float) -> Iterator[None]:
    """Hold the turn to refresh, which keeps nobody from writing or reading; else as above."""
    with _held(root / _REFRESHING, "another refresh", wait_seconds):
        yield


@contextmanager
def serving_lock(root: Path, *, wait_seconds: float) -> Iterator[None]:
    """Hold the turn to copy what the lake says elsewhere; else as above."""
    with _held(root / _SERVING, "another serving", wait_seconds):
        yield


@contextmanager
def _held(file: Path, who: str, wait_seconds: float) -> Iterator[None]:
    with file.open("a") as stream:
        deadline = time.monotonic() + wait_seconds
        while True:
            try:
                fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() >= deadline:
                    raise LakeBusyError(
                        f"{who} is still at work after {wait_seconds:g} s",
                        where=str(file.parent),
                        fix="Try again when it has finished",
                    ) from None
                time.sleep(_RETRY_SECONDS)
        yield
