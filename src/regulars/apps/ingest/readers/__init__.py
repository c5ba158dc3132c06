"""Readers: files, sheets and queries as batches of rows, each with its row number.

Text formats give text (nothing is guessed, so a card number keeps its zeros); Parquet gives its own
types. A row that cannot be taken apart is handed over as broken, with what it looked like. Only one
batch is in memory at a time.
"""

from __future__ import annotations

from regulars.apps.ingest.readers.batch import BATCH_ROWS, Batch, BrokenRow, Reader
from regulars.apps.ingest.readers.opening import Source, declared_files, opened
from regulars.apps.ingest.readers.plain import said
from regulars.apps.ingest.readers.rows import RowsReader

__all__ = [
    "BATCH_ROWS",
    "Batch",
    "BrokenRow",
    "Reader",
    "RowsReader",
    "Source",
    "declared_files",
    "opened",
    "said",
]
