"""What every reader gives."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import pyarrow as pa

from regulars.base.errors import MappingError

BATCH_ROWS = 65_536
# How much of a row that cannot be taken apart is kept.
BROKEN_TEXT_MAX = 4_000


@dataclass(frozen=True, slots=True)
class BrokenRow:
    """A row that could not be taken apart: its number (from 1), why, and its text."""

    number: int
    reason: str
    text: str


@dataclass(frozen=True, slots=True)
class Batch:
    """Some rows of a source: the columns asked for, and each row's number counted from 1."""

    rows: pa.RecordBatch
    numbers: pa.Array
    broken: tuple[BrokenRow, ...] = ()


class Reader(Protocol):
    """One format."""

    def columns(self) -> tuple[str, ...] | None:
        """Return the source's column names; None when only the rows can tell."""
        ...

    def rows_total(self) -> int | None:
        """Return how many rows there are, when the format says so without reading them."""
        ...

    def batches(self, columns: Sequence[str]) -> Iterator[Batch]:
        """Yield the rows; raise ``SourceError`` when the source cannot be read on."""
        ...


_DIGIT = re.compile(r"\d")
_PRIVATE_DIGITS = 7


def check_columns(wanted: Sequence[str], held: Sequence[str], *, where: str) -> None:
    """Raise ``MappingError`` when the source lacks a column the mapping reads."""
    missing = [name for name in wanted if name not in held]
    if missing:
        raise MappingError(
            f"the source has no column {', '.join(map(repr, missing))}",
            where=where,
            fix=f"It has {', '.join(map(shown, held))}",
        )


def shown(name: str) -> str:
    """Return a header's name for an error text, which is kept in the clear.

    A file without a header, or in another format, has people's data in its first line.
    """
    private = len(_DIGIT.findall(name)) >= _PRIVATE_DIGITS or "@" in name
    return "(a value)" if private else repr(name)


def text_batch(columns: Sequence[str], rows: Sequence[Sequence[str | None]]) -> pa.RecordBatch:
    """Return rows of texts, in the order of ``columns``, as a batch of string columns."""
    turned = list(zip(*rows, strict=True)) if rows else [()] * len(columns)
    arrays = [pa.array(values, pa.string()) for values in turned]
    return pa.RecordBatch.from_arrays(arrays, names=list(columns))
