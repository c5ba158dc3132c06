"""From arrays to text rows and Arrow columns, without a Python step per row."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from regulars.science.simulation.streams import Flags, Ints

MONEY = pa.decimal128(18, 2)


def money(cents: Ints) -> Any:
    """Return amounts in cents as exact decimals with two places.

    >>> money(np.array([1205, -5])).to_pylist()
    [Decimal('12.05'), Decimal('-0.05')]
    """
    # A decimal128 is two 64-bit words, the lower first; the upper one repeats the sign.
    words = np.stack([cents, cents >> 63], axis=1).astype("<i8")
    return pa.Array.from_buffers(MONEY, len(cents), [None, pa.py_buffer(words.tobytes())])


def moments(seconds: Ints, *, zone: str | None = "UTC") -> Any:
    """Return Unix seconds as timestamps; without a zone they are the clock on the wall."""
    return pa.array(seconds).cast(pa.timestamp("s", zone))


def clock(seconds: Ints, *, ahead: int) -> Any:
    """Return what a clock ``ahead`` of UTC by that many seconds shows, as text.

    >>> clock(np.array([0]), ahead=8 * 3600).to_pylist()
    ['1970-01-01 08:00:00']
    """
    return moments(seconds + ahead, zone=None).cast(pa.string())


def text(values: Any) -> Any:
    """Return numbers as text."""
    return pa.array(values).cast(pa.string())


def chosen(values: Sequence[str] | Any, places: Ints) -> Any:
    """Return the text at each place; a negative place gives an empty one."""
    found = pa.array(values, pa.string()) if not isinstance(values, pa.Array) else values
    if not len(places):
        return pa.array([], found.type)
    if not len(found):
        return pa.array([""] * len(places), found.type)
    taken = found.take(pa.array(np.maximum(places, 0)))
    return pc.if_else(pa.array(places >= 0), taken, pa.scalar("", found.type))


def either(where: Flags, values: Any, otherwise: str | None = "") -> Any:
    """Return the values where the flag is set, else the other text."""
    return pc.if_else(pa.array(where), values, pa.scalar(otherwise, pa.string()))


def joined(columns: Sequence[Any], *, between: str = ",", end: str = "\n") -> Any:
    """Return the columns' texts as rows of a text file, each with its line end."""
    columns = [*columns[:-1], pc.binary_join_element_wise(columns[-1], end, "")]
    return pc.binary_join_element_wise(*columns, between)


def content(rows: Any) -> memoryview:
    """Return the bytes of all rows of text, one after the other."""
    if not len(rows):
        return memoryview(b"")
    _, offsets, data = rows.buffers()
    ends = np.frombuffer(offsets, np.int32)[rows.offset : rows.offset + len(rows) + 1]
    return memoryview(data)[int(ends[0]) : int(ends[-1])]
