"""Rows that are already at hand, such as those a person has corrected."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import pyarrow as pa

from regulars.apps.ingest.readers.batch import BATCH_ROWS, Batch, text_batch


class RowsReader:
    """Reads rows of text from memory; a row keeps the number it is given."""

    def __init__(self, rows: Sequence[tuple[int, Mapping[str, str | None]]]) -> None:
        self._rows = rows

    def columns(self) -> tuple[str, ...]:
        """Return every name that a row has."""
        return tuple(dict.fromkeys(name for _, row in self._rows for name in row))

    def rows_total(self) -> int:
        """Return how many rows there are."""
        return len(self._rows)

    def batches(self, columns: Sequence[str]) -> Iterator[Batch]:
        """Yield the rows; a column that a row lacks is missing there."""
        for start in range(0, len(self._rows), BATCH_ROWS):
            part = self._rows[start : start + BATCH_ROWS]
            rows = [[row.get(name) for name in columns] for _, row in part]
            numbers = pa.array([number for number, _ in part], pa.int64())
            yield Batch(text_batch(columns, rows), numbers)
