"""The CDNOW sample, read from the file that a peer library ships; the library is not imported."""

from __future__ import annotations

from datetime import date, datetime
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa

CALIBRATION_ENDS = date(1997, 9, 30)

Numbers = np.ndarray[Any, np.dtype[np.float64]]


class Customers(NamedTuple):
    """Three columns in weeks, the mean repeat spend, and the repeat days of the hold-out."""

    frequency: Numbers
    recency: Numbers
    age: Numbers
    monetary: Numbers
    held_out: Numbers


def rows() -> list[tuple[str, date, float]]:
    """Return customer, day and dollars of every purchase."""
    found = find_spec("lifetimes")
    assert found is not None
    assert found.origin is not None
    text = (Path(found.origin).parent / "datasets" / "CDNOW_sample.txt").read_text("ascii")
    fields = (line.split() for line in text.splitlines())
    return [
        (f[1], datetime.strptime(f[2], "%Y%m%d").date(), float(f[4]))  # noqa: DTZ007 a plain date
        for f in fields
    ]


def orders() -> ir.Table:
    """Return the purchases as the lake holds orders."""
    member, day, amount = zip(*rows(), strict=True)
    cents = pa.array(amount).cast(pa.decimal128(18, 2))
    return ibis.memtable(pa.table({"member_id": member, "business_date": day, "net_amount": cents}))


@cache
def customers() -> Customers:
    """Return the customers by number, counted in plain Python."""
    spent: dict[str, dict[date, float]] = {}
    for customer, day, amount in rows():
        days = spent.setdefault(customer, {})
        days[day] = days.get(day, 0.0) + amount
    columns: list[tuple[float, ...]] = []
    for customer in sorted(spent):
        days = spent[customer]
        first, *again = sorted(day for day in days if day <= CALIBRATION_ENDS)
        last = again[-1] if again else first
        columns.append(
            (
                len(again),
                (last - first).days / 7,
                (CALIBRATION_ENDS - first).days / 7,
                sum(days[day] for day in again) / len(again) if again else 0.0,
                sum(day > CALIBRATION_ENDS for day in days),
            )
        )
    return Customers(*np.array(columns).T)
