"""Load the demo's raw files, cleaned and under contract, beside only reading them."""

from __future__ import annotations

from collections.abc import Sequence

import duckdb
import polars as pl

from benchmarks.harness import Measurement, measured
from benchmarks.lakes.demo import load_everything, raw_folder
from regulars.server.demo.build import MAPPINGS


def measurements() -> Sequence[Measurement]:
    read, ours = measured("regulars load", load_everything, rows=0, repeats=1, note="7 sources")
    ours = Measurement(
        contender=ours.contender,
        seconds=ours.seconds,
        rows=read,
        peak_memory_mb=ours.peak_memory_mb,
        note="7 sources: identity, cleaning, quarantine, commit",
    )
    files = [str(raw_folder() / f"{name}.parquet") for name in MAPPINGS]
    _, scan = measured(
        "DuckDB scan", lambda: [scan_all(file) for file in files], rows=read, note="the limit"
    )
    _, frames = measured(
        "Polars read", lambda: [pl.read_parquet(file).height for file in files], rows=read
    )
    return [ours, scan, frames]


def scan_all(file: str) -> object:
    """Read every column once."""
    with duckdb.connect() as connection:
        query = "SELECT max(COLUMNS(*)) FROM read_parquet($file)"
        return connection.execute(query, {"file": file}).fetchone()
