"""A process that writes commits and dies where it is told to. Started by the tests.

It reads lines ``<point>|<number>`` from its input. For each it forks a child that writes order
number ``number`` to two tables in one transaction and, at the point, kills itself with SIGKILL, or
(point ``wait``) says so and waits to be killed from outside. It answers with how the child ended.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

import pyarrow as pa

from regulars.lake import Lake, Transaction
from regulars.lake import draft as drafting
from regulars.lake.storage import delta
from tests.lake.sales_rows import Line, line_rows, order_rows


def main(root: Path) -> None:
    # What the rows need is imported once, here, not by every child.
    order_rows([Line("o1")])
    print("ready", flush=True)  # noqa: T201 the parent reads it
    for request in sys.stdin:
        point, number = request.split("|")
        child = os.fork()
        if child == 0:
            _write(Lake(root), point, int(number))
            os._exit(0)
        if point == "wait":
            print(child, flush=True)  # noqa: T201 the parent reads it
        _, status = os.waitpid(child, 0)
        print(-os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0, flush=True)  # noqa: T201


def die(*_arguments: object, **_options: object) -> NoReturn:
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError("SIGKILL cannot be survived")


def _write(lake: Lake, point: str, number: int) -> None:
    lines = [Line(f"o{number}", str(line)) for line in range(2)]
    with lake.transaction() as transaction:
        if point == "before the log of the first table":
            delta.commit = die
        if point == "in the data of the first table":
            transaction.append("orders", _cut(order_rows(lines)))
        transaction.append("orders", order_rows(lines))
        _between(transaction, point)
        transaction.upsert("order_lines", line_rows(lines))
        if point == "before the manifest":
            setattr(drafting, "write_manifest", die)  # noqa: B010 the name is not exported
        if point == "before the rename of the manifest":
            Path.replace = die  # type: ignore[method-assign]  # only in this child
    if point == "after the commit":
        die()


def _between(transaction: Transaction, point: str) -> None:
    if point == "between two tables":
        die()
    if point == "wait":
        print("half", flush=True)  # noqa: T201 the parent reads it
        signal.pause()


def _cut(rows: pa.Table) -> pa.RecordBatchReader:
    def batches() -> Iterator[pa.RecordBatch]:
        yield from rows.to_batches()
        die()

    return pa.RecordBatchReader.from_batches(rows.schema, batches())


if __name__ == "__main__":
    main(Path(sys.argv[1]))
