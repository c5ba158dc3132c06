"""Batches that several threads read at once never share an evaluator, and leave theirs behind."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from queue import SimpleQueue
from threading import Barrier
from typing import Any

import pyarrow as pa
import pytest
from pytest_django import Settings

from regulars.apps.ingest.mapping.parse import parsed
from regulars.apps.ingest.pipeline import cleaner
from regulars.apps.ingest.pipeline.cleaner import Cleaner, ReadBatch
from regulars.apps.ingest.pipeline.evaluate import Evaluator, Surroundings
from regulars.apps.ingest.readers import Batch
from regulars.apps.ingest.tests.shop import GOOD, LINES

WAIT_SECONDS = 20


class _Looked(SimpleQueue[Evaluator]):
    """Whoever looks at the queue before taking sees what another thread sees as well."""

    both = Barrier(2)

    def qsize(self) -> int:
        seen = super().qsize()
        if seen:
            self.both.wait(WAIT_SECONDS)
        return seen

    def empty(self) -> bool:
        return not self.qsize()


class _Noting(Cleaner):
    """Notes who evaluates, once so many threads do."""

    def at_once(self, threads: int) -> Iterator[ReadBatch]:
        self.used: list[Evaluator] = []
        self.together = Barrier(threads)
        with ThreadPoolExecutor(threads) as pool:
            yield from pool.map(self.read, [_batch(number) for number in range(1, threads + 1)])

    def _read(self, batch: Batch, evaluator: Evaluator) -> ReadBatch:
        self.used.append(evaluator)
        self.together.wait(WAIT_SECONDS)
        return super()._read(batch, evaluator)


@pytest.fixture
def noting(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> _Noting:
    monkeypatch.setattr(cleaner, "SimpleQueue", _Looked)
    brand = settings.REGULARS_BRAND
    mapping = parsed(LINES, name="lines", file="lines.yaml", folder=".", brand=brand)
    nothing: Any = list
    around = Surroundings(mapping.currency, brand.region, date(2024, 6, 1), {}, nothing)
    return _Noting(mapping, around, store_zones={})


def _batch(number: int) -> Batch:
    row = {**GOOD, "order": f"o{number}"}
    return Batch(pa.RecordBatch.from_pylist([row]), pa.array([number]))


def test_each_thread_has_its_own_evaluator_and_leaves_it_to_the_next(noting: _Noting) -> None:
    (first,) = noting.at_once(1)
    (left,) = noting.used
    # One is idle now, and two threads want it.
    read = list(noting.at_once(2))
    pair = noting.used
    assert pair[0] is not pair[1]
    assert left in pair
    list(noting.at_once(2))
    assert {id(one) for one in noting.used} == {id(one) for one in pair}
    found = [[one.columns["order_id"].to_pylist(), one.verdict.reasons.null_count] for one in read]
    assert found == [[["o1"], 1], [["o2"], 1]]
    assert first.columns["order_id"].to_pylist() == ["o1"]
