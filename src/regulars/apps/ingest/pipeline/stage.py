"""A source, batch by batch, into a passing file of clean rows."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

import pyarrow as pa
import pyarrow.parquet as pq

from regulars.apps.ingest.mapping import Mapping
from regulars.apps.ingest.pipeline.cleaner import CleanBatch, Cleaner, ReadBatch, Refused
from regulars.apps.ingest.pipeline.flags import SAMPLES
from regulars.apps.ingest.pipeline.persons import Persons
from regulars.apps.ingest.readers import Batch, Reader
from regulars.base.errors import SourceError

Progress = Callable[[int], None]
_CLEANING_AT_ONCE = 2


@dataclass(frozen=True, slots=True)
class Noted:
    """How many rows a rule touched, and the numbers of the first few."""

    count: int
    samples: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Staged:
    """What a source came to. ``read`` is the clean rows and the refused ones."""

    file: Path
    read: int
    clean: int
    refused: tuple[Refused, ...]
    notes: dict[str, Noted]
    persons: Persons
    stores: pa.Table


def stage(
    reader: Reader, mapping: Mapping, cleaner: Cleaner, *, folder: Path, on_progress: Progress
) -> Staged:
    """Clean every batch of the source into ``folder``; memory does not grow with the rows.

    Raises:
        SourceError: The source cannot be read on, or too many rows are refused.
        MappingError: The source lacks a column, or an expression cannot be computed.
    """
    file = folder / "rows.parquet"
    persons = Persons(mapping.member)
    refused: list[Refused] = []
    counts: Counter[str] = Counter()
    samples: dict[str, tuple[int, ...]] = {}
    read = clean = 0
    with _Writer(file) as writer:
        for batch, found in _cleaned(_batches(reader, mapping), cleaner):
            rows = _with_person(found, persons)
            writer.write(rows)
            read += batch.rows.num_rows + len(batch.broken)
            clean += rows.num_rows
            refused += found.refused
            _check_refused(mapping, refused, read)
            for rule, (count, numbers) in found.notes.items():
                counts[rule] += count
                samples[rule] = (*samples.get(rule, ()), *numbers)[:SAMPLES]
            on_progress(read)
    notes = {rule: Noted(count, samples[rule]) for rule, count in counts.items()}
    return Staged(file, read, clean, tuple(refused), notes, persons, cleaner.stores.met)


def _batches(reader: Reader, mapping: Mapping) -> Iterator[Batch]:
    """The source's batches, or one empty batch: even no rows have columns."""
    none = True
    for batch in reader.batches(mapping.reads):
        none = False
        yield batch
    if none:
        empty = [pa.array([], pa.string()) for _ in mapping.reads]
        rows = pa.RecordBatch.from_arrays(empty, names=list(mapping.reads))
        yield Batch(rows, pa.array([], pa.int64()))


def _cleaned(batches: Iterator[Batch], cleaner: Cleaner) -> Iterator[tuple[Batch, CleanBatch]]:
    """Yield the batches and what came of each, in their order, while the next are on their way.

    One thread reads the source, two clean: a batch that cannot be read fails in its turn.
    """
    with ThreadPoolExecutor(1) as reading, ThreadPoolExecutor(_CLEANING_AT_ONCE) as cleaning:

        def step() -> Future[ReadBatch | None]:
            return cleaning.submit(_read, cleaner, reading.submit(next, batches, None))

        ahead = deque(step() for _ in range(_CLEANING_AT_ONCE + 1))
        while (read := ahead.popleft().result()) is not None:
            ahead.append(step())
            yield read.batch, cleaner.finish(read)


def _read(cleaner: Cleaner, coming: Future[Batch | None]) -> ReadBatch | None:
    batch = coming.result()
    return None if batch is None else cleaner.read(batch)


class _Writer:
    """Writes one batch while the next one is cleaned."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._writer: pq.ParquetWriter | None = None
        self._thread = ThreadPoolExecutor(max_workers=1)
        self._last: Future[None] | None = None

    def write(self, rows: pa.Table) -> None:
        """Hand the rows over, once those before them are written."""
        if self._writer is None:
            self._writer = pq.ParquetWriter(self._file, rows.schema, compression="lz4")
        self._settle()
        self._last = self._thread.submit(self._writer.write_table, rows)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            self._settle()
        finally:
            self._thread.shutdown()
            if self._writer is not None:
                self._writer.close()

    def _settle(self) -> None:
        last, self._last = self._last, None
        if last is not None:
            last.result()


def _with_person(found: CleanBatch, persons: Persons) -> pa.Table:
    return found.rows.append_column("_person", persons.add(found.persons, found.rows))


def _check_refused(mapping: Mapping, refused: list[Refused], read: int) -> None:
    if len(refused) <= mapping.refused_max:
        return
    (reason, column), count = Counter((row.reason, row.column) for row in refused).most_common(1)[0]
    raise SourceError(
        f"{len(refused):,} of the first {read:,} rows are refused, most ({count:,}) for {reason}"
        + (f" in {column}" if column else ""),
        where=f"mapping {mapping.name}",
        fix="Correct the mapping, or raise its refused_max",
    )
