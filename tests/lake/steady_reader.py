"""A process that reads until the lake holds as many orders as it was told. Started by tests.

Each read takes the totals of two tables that one commit always changes together. It prints
``ready`` after its first read and at the end a line of JSON: counts seen and contradictions.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from regulars.lake import Lake


def main(root: Path, last: int) -> None:
    os.nice(15)  # it reads all it can, and leaves the processor to the writer
    lake = Lake(root)
    seen: list[int] = []
    contradictions: list[list[str]] = []
    while not seen or seen[-1] < last:
        with lake.snapshot() as snapshot:
            orders, lines = snapshot.table("orders"), snapshot.table("order_lines")
            joined = orders.aggregate(
                orders=orders.count(), sales=orders.net_amount.sum()
            ).cross_join(lines.aggregate(lines=lines.count(), line_sales=lines.net_amount.sum()))
            row = joined.to_pyarrow().to_pylist()[0]
        if row["sales"] != row["line_sales"] or row["lines"] != 2 * row["orders"]:
            contradictions.append([str(value) for value in row.values()])
        if seen and row["orders"] < seen[-1]:
            contradictions.append([f"{row['orders']} orders after {seen[-1]}"])
        if not seen:
            print("ready", flush=True)  # noqa: T201 the parent reads it
        if not seen or row["orders"] != seen[-1]:
            seen.append(row["orders"])
    print(json.dumps({"seen": seen, "contradictions": contradictions}))  # noqa: T201


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
