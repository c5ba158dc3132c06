"""CSV and its relatives, as text."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv

from regulars.apps.ingest.readers.batch import (
    BROKEN_TEXT_MAX,
    Batch,
    BrokenRow,
    check_columns,
    shown,
)
from regulars.apps.ingest.readers.encodings import encoding_of
from regulars.apps.ingest.readers.plain import said
from regulars.base.errors import SourceError

_BLOCK_BYTES = 4 << 20
_HEADER_CELLS_MAX = 2_000


class DelimitedReader:
    """Reads delimited text files one after another; every cell is text."""

    def __init__(self, files: Sequence[Path], *, delimiter: str, encoding: str) -> None:
        self._files = files
        self._delimiter = delimiter
        self._encoding = encoding

    def columns(self) -> tuple[str, ...]:
        """Return the first file's header."""
        return self._header(self._files[0], encoding_of(self._files[0], declared=self._encoding))

    def rows_total(self) -> int | None:
        """Return None: only reading tells."""
        return None

    def batches(self, columns: Sequence[str]) -> Iterator[Batch]:
        """Yield the rows; those with too many or too few cells are broken."""
        offset = 0
        for path in self._files:
            encoding = encoding_of(path, declared=self._encoding)
            header = self._header(path, encoding)
            check_columns(columns, header, where=str(path))
            if _is_header_alone(path):
                continue
            last = 0
            for batch in self._file(path, encoding, header, columns):
                last = max(
                    [*(row.number for row in batch.broken), *batch.numbers[-1:].to_pylist()],
                    default=0,
                )
                yield _shifted(batch, offset) if offset else batch
            offset += last

    def _file(
        self, path: Path, encoding: str, header: tuple[str, ...], columns: Sequence[str]
    ) -> Iterator[Batch]:
        skipped: list[BrokenRow] = []

        def keep(row: pa_csv.InvalidRow) -> str:
            # The header is row 1 of the file; the first row of data is row 1 here.
            number = (row.number or 0) - 1
            skipped.append(BrokenRow(number, "wrong_cell_count", row.text[:BROKEN_TEXT_MAX]))
            return "skip"

        count = Counter()
        try:
            with pa_csv.open_csv(path, **self._options(encoding, header, columns, keep)) as reader:
                for rows in reader:
                    broken = tuple(skipped)
                    skipped.clear()
                    yield Batch(rows, count.numbers(rows.num_rows, broken), broken)
        except (pa.ArrowException, OSError, UnicodeError) as error:
            raise _unreadable(path, encoding, error) from error
        if skipped:
            empty = pa.RecordBatch.from_arrays(
                [pa.array([], pa.string()) for _ in columns], names=list(columns)
            )
            yield Batch(empty, pa.array([], pa.int64()), tuple(skipped))

    def _options(
        self, encoding: str, header: tuple[str, ...], columns: Sequence[str], keep: object
    ) -> dict[str, object]:
        return {
            # One thread: only then does a broken row know its number.
            "read_options": pa_csv.ReadOptions(
                use_threads=False,
                block_size=_BLOCK_BYTES,
                encoding=encoding,
                column_names=list(header),
                skip_rows=1,
            ),
            "parse_options": pa_csv.ParseOptions(
                delimiter=self._delimiter, newlines_in_values=True, invalid_row_handler=keep
            ),
            "convert_options": pa_csv.ConvertOptions(
                include_columns=list(columns),
                column_types=dict.fromkeys(header, pa.string()),
                strings_can_be_null=False,
            ),
        }

    def _header(self, path: Path, encoding: str) -> tuple[str, ...]:
        try:
            with path.open(encoding=encoding, newline="") as file:
                cells = next(csv.reader(file, delimiter=self._delimiter), [])
        except (OSError, UnicodeError, csv.Error) as error:
            raise _unreadable(path, encoding, error) from error
        names = tuple(cell.strip() for cell in cells)
        if not names or len(names) > _HEADER_CELLS_MAX:
            raise SourceError(
                "the file has no header", where=str(path), fix="Name the columns in its first line"
            )
        twice = {name for name in names if names.count(name) > 1}
        if twice:
            raise SourceError(
                f"the header names {', '.join(map(shown, sorted(twice)))} twice",
                where=str(path),
                fix="Give each column a name of its own and export it again",
            )
        return names


class Counter:
    """Gives rows their numbers, leaving out those of rows that were skipped."""

    def __init__(self) -> None:
        self._next = 1
        self._skipped: set[int] = set()

    def numbers(self, rows: int, broken: Sequence[BrokenRow]) -> pa.Array:
        """Return the numbers of the next ``rows`` readable rows."""
        self._skipped.update(row.number for row in broken)
        end = self._next + rows
        passed: set[int] = set()
        while new := {number for number in self._skipped if number < end} - passed:
            end += len(new)
            passed |= new
        found = np.arange(self._next, end, dtype=np.int64)
        if passed:
            found = found[~np.isin(found, np.fromiter(passed, np.int64))]
        self._next = end
        self._skipped -= passed
        return pa.array(found)


def _is_header_alone(path: Path) -> bool:
    """Whether a header without a line end is all there is, which the engine cannot skip."""
    if path.stat().st_size > _BLOCK_BYTES:
        return False
    content = path.read_bytes()
    return b"\n" not in content and b"\r" not in content


def _shifted(batch: Batch, offset: int) -> Batch:
    numbers = pc.add(batch.numbers, offset)
    broken = tuple(BrokenRow(row.number + offset, row.reason, row.text) for row in batch.broken)
    return Batch(batch.rows, numbers, broken)


def _unreadable(path: Path, encoding: str, error: Exception) -> SourceError:
    return SourceError(
        f"this cannot be read as delimited text in {encoding} ({said(error)})",
        where=str(path),
        fix="Check 'encoding' and 'delimiter' in the mapping",
    )
