"""Parquet files, with their own types."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from regulars.apps.ingest.readers.batch import BATCH_ROWS, Batch, check_columns
from regulars.apps.ingest.readers.plain import said
from regulars.base.errors import SourceError


class ParquetReader:
    """Reads Parquet files one after another, page by page."""

    def __init__(self, files: Sequence[Path]) -> None:
        self._files = files

    def columns(self) -> tuple[str, ...]:
        """Return the first file's columns."""
        with self._opened(self._files[0]) as file:
            return tuple(file.schema_arrow.names)

    def rows_total(self) -> int:
        """Return the row count that the files' footers hold."""
        total = 0
        for path in self._files:
            with self._opened(path) as file:
                total += file.metadata.num_rows
        return total

    def batches(self, columns: Sequence[str]) -> Iterator[Batch]:
        """Yield the rows with the types the files have; times to the microsecond."""
        number = 1
        for path in self._files:
            with self._opened(path) as file:
                check_columns(columns, file.schema_arrow.names, where=str(path))
                for rows in self._rows(file, path, columns):
                    numbers = pa.array(np.arange(number, number + rows.num_rows))
                    number += rows.num_rows
                    yield Batch(rows.select(list(columns)), numbers)

    @staticmethod
    def _rows(file: pq.ParquetFile, path: Path, columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
        try:
            yield from file.iter_batches(BATCH_ROWS, columns=list(columns))
        except (pa.ArrowException, OSError) as error:
            raise _unreadable(path, error) from error

    @staticmethod
    def _opened(path: Path) -> pq.ParquetFile:
        try:
            # A small buffer and no prefetch: a file may be one row group of any size.
            return pq.ParquetFile(path, pre_buffer=False, buffer_size=1 << 20)
        except (pa.ArrowException, OSError) as error:
            raise _unreadable(path, error) from error


def _unreadable(path: Path, error: Exception) -> SourceError:
    return SourceError(
        f"this is not a readable Parquet file ({said(error)})",
        where=str(path),
        fix="Export it again, or correct 'format' in the mapping",
    )
