"""A file ten times as large is loaded in about the same memory."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from regulars.apps.ingest.tests.child import run_child
from regulars.apps.ingest.tests.shop import LINES
from tests.child_ledger import ChildLedger, ChildLedgers

_LOAD = """
before = peak()
report = services.load("lines")
say(before=before, after=peak(), read=report.counts.read, loaded=report.counts.loaded)
"""
_ALLOWED_MB = 300


def test_memory_does_not_grow_with_the_file(child_ledgers: ChildLedgers, tmp_path: Path) -> None:
    small = _peak_growth(child_ledgers(tmp_path / "small"), rows=100_000)
    large = _peak_growth(child_ledgers(tmp_path / "large"), rows=1_000_000)
    # Both engines fill the memory they are allowed, and no more; held in memory, the larger
    # file's rows would need another 400 MB.
    assert large < _ALLOWED_MB + 200, (small, large)
    assert large - small < 250, (small, large)


def _peak_growth(ledger: ChildLedger, *, rows: int) -> int:
    home = ledger.home
    (home / "mappings").mkdir(parents=True)
    (home / "files").mkdir()
    place = "file: {format: parquet, path: ../files/lines.parquet}"
    text = LINES.replace("file: {format: csv, path: ../files/lines.csv}", place)
    (home / "mappings" / "lines.yaml").write_text(text, encoding="utf-8")
    _write(home / "files" / "lines.parquet", rows)
    _, said = run_child(ledger, _LOAD, REGULARS_LAKE_MEMORY="150MB")
    assert (said["read"], said["loaded"]) == (rows, rows)
    growth: int = said["after"] - said["before"]
    return growth


def _write(path: Path, rows: int) -> None:
    """Orders of ten lines by two thousand people, batch by batch."""
    writer = None
    for start in range(0, rows, 30_000):
        numbers = range(start, min(start + 30_000, rows))
        table = pa.table(
            {
                "order": [f"o{number // 10:09d}" for number in numbers],
                "line": [number % 10 for number in numbers],
                "shop": [number % 97 for number in numbers],
                "sku": [f"p{number * 7919 % 30_011}" for number in numbers],
                "at": [f"2024-0{number // 10 % 6 + 1}-11 10:00:00" for number in numbers],
                "qty": [number % 3 for number in numbers],
                "paid": [number % 1000 / 100 for number in numbers],
                "off": [0.5 for _ in numbers],
                "card": [f"c{number // 10 % 2_003}" for number in numbers],
            }
        )
        writer = writer or pq.ParquetWriter(path, table.schema)
        writer.write_table(table)
    if writer is not None:
        writer.close()
