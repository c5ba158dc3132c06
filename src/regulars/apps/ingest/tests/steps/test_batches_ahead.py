"""Batches are cleaned ahead of their turn, and come out as if each waited for the one before."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any, cast

import pyarrow as pa
import pytest

from regulars.apps.ingest.pipeline import stage
from regulars.apps.ingest.pipeline.cleaner import CleanBatch, Cleaner, ReadBatch
from regulars.apps.ingest.readers import Batch
from regulars.apps.ingest.tests.shop import GOOD, LINES, Shop
from regulars.base.errors import SourceError


class _Cleaner:
    """Lets the second batch be read before the first one, and notes the order of finishing."""

    def __init__(self) -> None:
        self.second = threading.Event()
        self.finished: list[int] = []

    def read(self, batch: Batch) -> ReadBatch:
        number = batch.numbers[0].as_py()
        if number == 1:
            self.second.wait()
        if number == 2:
            self.second.set()
        nothing: Any = None
        return ReadBatch(batch, {}, pa.table({}), verdict=nothing, flags=nothing)

    def finish(self, read: ReadBatch) -> CleanBatch:
        self.finished.append(read.batch.numbers[0].as_py())
        return CleanBatch(pa.table({}), pa.table({}), ())


def _batches(*, fails_at: int = 0) -> Iterator[Batch]:
    for number in range(1, 8):
        if number == fails_at:
            raise SourceError("the file ends in the middle of a line")
        yield Batch(pa.record_batch({"_": pa.nulls(1)}), pa.array([number]))


def _numbers(batches: Iterator[Batch], cleaner: _Cleaner) -> list[int]:
    cleaned = stage._cleaned(batches, cast("Cleaner", cleaner))
    return [batch.numbers[0].as_py() for batch, _ in cleaned]


def test_they_are_finished_in_their_order() -> None:
    cleaner = _Cleaner()
    assert _numbers(_batches(), cleaner) == cleaner.finished == [1, 2, 3, 4, 5, 6, 7]


def test_a_batch_that_cannot_be_read_fails_in_its_turn() -> None:
    cleaner = _Cleaner()
    with pytest.raises(SourceError, match="middle of a line"):
        _numbers(_batches(fails_at=5), cleaner)
    assert cleaner.finished == [1, 2, 3, 4]


def test_many_batches_load_what_one_does(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    from regulars.apps.ingest.readers import delimited

    rows = [
        {**GOOD, "order": f"o{number}", "shop": f"s{number % 50}", "paid": str(number % 97)}
        for number in range(900)
    ]
    rows[700]["qty"] = "many"
    shop.csv(rows)
    monkeypatch.setattr(delimited, "_BLOCK_BYTES", 4_000)
    report = shop.load(shop.mapping(LINES))
    assert (report.counts.read, report.counts.loaded, report.counts.quarantined) == (900, 899, 1)
    assert shop.column("orders", "net_amount") == [
        row["net_amount"] for row in shop.table("order_lines")
    ]
    assert shop.column("stores", "name") == sorted(f"Shop s{number}" for number in range(50))
