"""What a producer adds in Python, while its rows are on their way into the lake.

The engine places members by what SQL can say. A column that only NumPy can compute stands empty in
what `place` returns and is filled here, batch by batch: each row from its own columns and what the
producer knows, and from nothing else, so that a row is the same in whichever batch it comes.
"""

from __future__ import annotations

from typing import Protocol, runtime_checkable

import pyarrow as pa

from regulars.science.producers.producer import Producer


@runtime_checkable
class Finishing(Protocol):
    """A producer some of whose columns are not the engine's to compute."""

    def finish(self, rows: pa.RecordBatch) -> pa.RecordBatch:
        """Return the rows with every column filled; same rows, same order, same schema."""
        ...


def finished(producer: Producer, rows: pa.RecordBatchReader) -> pa.RecordBatchReader:
    """Return the rows as the producer finishes them; as they are, where it does not."""
    if not isinstance(producer, Finishing):
        return rows
    return pa.RecordBatchReader.from_batches(rows.schema, map(producer.finish, rows))
