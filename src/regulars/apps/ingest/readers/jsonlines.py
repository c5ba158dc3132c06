"""JSON lines: one object per line, as text; a dotted column reaches into an object."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

from regulars.apps.ingest.readers.batch import (
    BATCH_ROWS,
    BROKEN_TEXT_MAX,
    Batch,
    BrokenRow,
    text_batch,
)
from regulars.apps.ingest.readers.encodings import encoding_of
from regulars.apps.ingest.readers.plain import plain
from regulars.base.errors import MappingError, SourceError

_LINE_MAX = 4 << 20


class JsonLinesReader:
    """Reads files of one JSON object per line; numbers keep the digits they were written with."""

    def __init__(self, files: Sequence[Path], *, encoding: str) -> None:
        self._files = files
        self._encoding = encoding

    def columns(self) -> None:
        """Return None: each line has its own keys."""
        return

    def rows_total(self) -> int | None:
        """Return None: only reading tells."""
        return None

    def batches(self, columns: Sequence[str]) -> Iterator[Batch]:
        """Yield the rows; a line that is no object is broken, an empty line is none.

        A column that no row of the first batch has is taken for a mistake in the mapping.
        """
        paths = [name.split(".") for name in columns]
        seen: set[str] = set()
        rows: list[list[str | None]] = []
        numbers: list[int] = []
        broken: list[BrokenRow] = []
        first = True
        for number, line in enumerate(self._lines(), 1):
            found = _object(line)
            if found is None:
                broken.append(BrokenRow(number, "unreadable_row", line[:BROKEN_TEXT_MAX]))
            else:
                rows.append([_reached(found, path) for path in paths])
                numbers.append(number)
                if first:
                    seen.update(
                        name for name, path in zip(columns, paths, strict=True) if _has(found, path)
                    )
            if len(rows) + len(broken) >= BATCH_ROWS:
                self._check_seen(columns, seen, first=first, rows=len(rows))
                first = False
                yield Batch(text_batch(columns, rows), pa.array(numbers, pa.int64()), tuple(broken))
                rows, numbers, broken = [], [], []
        self._check_seen(columns, seen, first=first, rows=len(rows))
        if rows or broken:
            yield Batch(text_batch(columns, rows), pa.array(numbers, pa.int64()), tuple(broken))

    def _check_seen(
        self, columns: Sequence[str], seen: set[str], *, first: bool, rows: int
    ) -> None:
        missing = [name for name in columns if name not in seen]
        if first and rows and missing:
            raise MappingError(
                f"no row has the key {', '.join(map(repr, missing))}", where=str(self._files[0])
            )

    def _lines(self) -> Iterator[str]:
        for path in self._files:
            encoding = encoding_of(path, declared=self._encoding)
            with path.open(encoding=encoding, newline="\n") as file:
                while line := file.readline(_LINE_MAX):
                    if len(line) == _LINE_MAX and not line.endswith("\n"):
                        raise SourceError(
                            f"a line is longer than {_LINE_MAX:,} letters", where=str(path)
                        )
                    if line.strip():
                        yield line.rstrip("\r\n")


def _object(line: str) -> dict[str, Any] | None:
    try:
        found = json.loads(line, parse_float=str, parse_int=str)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _reached(found: dict[str, Any], path: list[str]) -> str | None:
    value: Any = found
    for key in path:
        if not isinstance(value, dict):
            return None
        value = value.get(key)
    return plain(value)


def _has(found: dict[str, Any], path: list[str]) -> bool:
    value: Any = found
    for key in path:
        if not isinstance(value, dict) or key not in value:
            return False
        value = value[key]
    return True
