"""Work on different tables at the same time.

Much of writing a table is done on one core: planning, the end of a file, the commit in its log.
Another table's rows fill the other cores meanwhile.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

_AT_ONCE = 2

Result = TypeVar("Result")


def abreast(pieces: Iterable[Callable[[], Result]]) -> list[Result]:
    """Do every piece and return what each came to, in their order.

    Each must keep to tables of its own. A piece is begun before the next one is asked for. When one
    fails nothing new is begun, and its error is raised once the others have ended.
    """
    if isinstance(pieces, Sequence) and len(pieces) < _AT_ONCE:
        return [piece() for piece in pieces]
    with ThreadPoolExecutor(max_workers=_AT_ONCE, thread_name_prefix="lake") as threads:
        begun: list[Future[Result]] = []
        try:
            begun.extend(threads.submit(piece) for piece in pieces)
            return [one.result() for one in begun]
        finally:
            for one in begun:
                one.cancel()
