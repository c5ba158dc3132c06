"""A file twice as large is loaded in about the same memory, which has a bound."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from regulars.apps.ingest.tests.child import run_child
from regulars.apps.ingest.tests.shop import LINES
from tests.child_ledger import ChildLedger, ChildLedgers

# Small allowances, so that half a million rows nearly fill them; the usual ones are larger (200 MB
# to shape rows in, REGULARS_LAKE_WRITE_MEMORY to write).
_LOAD = """
from regulars.apps.ingest.pipeline import sql
sql._MEMORY = "80MB"
before = peak()
report = services.load("lines")
say(before=before, after=peak(), read=report.counts.read, loaded=report.counts.loaded)
"""
_LAKE_MEMORY = "100MB"
_ALLOWED_MB = 450
_PLATEAU_MB = 130


def test_memory_does_not_grow_with_the_file(child_ledgers: ChildLedgers, tmp_path: Path) -> None:
    small = _peak_growth(child_ledgers(tmp_path / "small"), rows=500_000)
    large = _peak_growth(child_ledgers(tmp_path / "large"), rows=1_000_000)
    # Held in memory, the half million rows more would need another 200 MB. What still grows are
    # the allowances of two engines, which fill slowly.
    assert large - small < _PLATEAU_MB, (small, large)
    assert large < _ALLOWED_MB, (small, large)


def _peak_growth(ledger: ChildLedger, *, rows: int) -> int:
    home = ledger.home
    (home / "mappings").mkdir(parents=True)
    (home / "files").mkdir()
    place = "file: {format: parquet, path: ../files/lines.parquet}"
    text = LINES.replace("file: {format: csv, path: ../files/lines.csv}", place)
    (home / "mappings" / "lines.yaml").write_text(text, encoding="utf-8")
    _write(home / "files" / "lines.parquet", rows)
    allowed = {"REGULARS_LAKE_MEMORY": _LAKE_MEMORY, "REGULARS_LAKE_WRITE_MEMORY": _LAKE_MEMORY}
    _, said = run_child(ledger, _LOAD, **allowed)
    assert (said["read"], said["loaded"]) == (rows, rows)
    growth: int = said["after"] - said["before"]
    return growth


def _write(path: Path, rows: int) -> None:
    """A month's orders of ten lines by two thousand people, batch by batch.

    Of one month, as the files of a chain are: each month being written has a row group in memory.
    """
    writer = None
    for start in range(0, rows, 30_000):
        numbers = range(start, min(start + 30_000, rows))
        table = pa.table(
            {
                "order": [f"o{number // 10:09d}" for number in numbers],
                "line": [number % 10 for number in numbers],
                "shop": [number % 97 for number in numbers],
                "sku": [f"p{number * 7919 % 30_011}" for number in numbers],
                "at": [f"2024-05-{number // 10 % 28 + 1:02d} 10:00:00" for number in numbers],
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
