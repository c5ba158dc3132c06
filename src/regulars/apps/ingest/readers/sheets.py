"""Excel workbooks, one sheet, as text."""

from __future__ import annotations

import warnings
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

import openpyxl
import pyarrow as pa
from openpyxl.utils.exceptions import InvalidFileException

from regulars.apps.ingest.readers.batch import BATCH_ROWS, Batch, check_columns, text_batch
from regulars.apps.ingest.readers.plain import plain, said
from regulars.base.errors import SourceError

_BROKEN = (OSError, zipfile.BadZipFile, InvalidFileException, KeyError, ValueError, ParseError)


class SheetReader:
    """Reads one sheet of a workbook row by row; formulas give their stored result."""

    def __init__(self, files: Sequence[Path], *, sheet: str, header_row: int) -> None:
        self._files = files
        self._sheet = sheet
        self._header_row = header_row

    def columns(self) -> tuple[str, ...]:
        """Return the first file's header."""
        with self._rows(self._files[0]) as rows:
            return self._header(rows, self._files[0])

    def rows_total(self) -> int | None:
        """Return None: what a workbook says of its size is often wrong."""
        return None

    def batches(self, columns: Sequence[str]) -> Iterator[Batch]:
        """Yield the rows; rows without any value are none."""
        number = 0
        for path in self._files:
            with self._rows(path) as rows:
                header = self._header(rows, path)
                check_columns(columns, header, where=str(path))
                places = [header.index(name) for name in columns]
                found: list[list[str | None]] = []
                numbers: list[int] = []
                for row in self._values(rows, path):
                    number += 1
                    if all(value is None for value in row):
                        continue
                    found.append(
                        [plain(row[place]) if place < len(row) else None for place in places]
                    )
                    numbers.append(number)
                    if len(found) >= BATCH_ROWS:
                        yield Batch(text_batch(columns, found), pa.array(numbers, pa.int64()))
                        found, numbers = [], []
                if found:
                    yield Batch(text_batch(columns, found), pa.array(numbers, pa.int64()))

    def _header(self, rows: Iterator[tuple[Any, ...]], path: Path) -> tuple[str, ...]:
        cells: tuple[Any, ...] = ()
        for _ in range(self._header_row):
            cells = next(rows, ())
        names = tuple((plain(cell) or "").strip() for cell in cells)
        if not any(names):
            raise SourceError(f"row {self._header_row} holds no header", where=str(path))
        twice = {name for name in names if name and names.count(name) > 1}
        if twice:
            raise SourceError(
                f"the header names {', '.join(map(repr, sorted(twice)))} twice", where=str(path)
            )
        return names

    @staticmethod
    def _values(rows: Iterator[tuple[Any, ...]], path: Path) -> Iterator[tuple[Any, ...]]:
        try:
            yield from rows
        except _BROKEN as error:
            raise _unreadable(path, error) from error

    @contextmanager
    def _rows(self, path: Path) -> Iterator[Iterator[tuple[Any, ...]]]:
        try:
            with warnings.catch_warnings():
                # Notes about styles and validation that a reader of values does not need.
                warnings.simplefilter("ignore")
                book = openpyxl.load_workbook(path, read_only=True, data_only=True)
        except _BROKEN as error:
            raise _unreadable(path, error) from error
        try:
            if self._sheet and self._sheet not in book.sheetnames:
                raise SourceError(
                    f"the workbook has no sheet {self._sheet!r}",
                    where=str(path),
                    fix=f"It has {', '.join(book.sheetnames)}",
                )
            sheet = book[self._sheet or book.sheetnames[0]]
            yield sheet.iter_rows(values_only=True)
        finally:
            book.close()


def _unreadable(path: Path, error: Exception) -> SourceError:
    return SourceError(
        f"this is not a readable workbook ({said(error)})",
        where=str(path),
        fix="Save it as .xlsx, or correct 'format' in the mapping",
    )
