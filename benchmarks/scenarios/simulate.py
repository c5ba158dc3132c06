"""Simulate 100,000 members over 24 months, beside writing as many bytes to the same disk."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

from benchmarks.harness import Measurement, measured
from regulars.science.simulation import SimulationOptions, simulate

OPTIONS = SimulationOptions(members=100_000, months=24, seed=7)


def measurements() -> Sequence[Measurement]:
    folder = Path(tempfile.mkdtemp(prefix="regulars-simulate-"))
    try:
        report, ours = measured(
            "regulars simulate", lambda: simulate(OPTIONS, folder / "chain"), rows=0, repeats=1
        )
        lines = sum(
            count
            for name, count in report.rows.items()
            if name.startswith("raw/") and "/orders_" in name
        )
        _, limit = measured(
            "write the bytes",
            lambda: written_again(folder / "chain", folder / "again"),
            rows=lines,
            repeats=1,
            note="the limit: the same files, from memory, to the disk's surface",
        )
        if bytes_in(folder / "again") != bytes_in(folder / "chain"):
            raise SystemExit("the contenders did not write the same bytes")
    finally:
        shutil.rmtree(folder)
    ours = Measurement(
        contender=ours.contender,
        seconds=ours.seconds,
        rows=lines,
        peak_memory_mb=ours.peak_memory_mb,
        note=f"{OPTIONS.members:,} members, {report.bytes / 2**20:,.0f} MiB; rows: order lines",
    )
    return [ours, limit]


def bytes_in(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def written_again(source: Path, target: Path) -> None:
    """Write every file anew and wait until the disk has it; reading comes from the page cache."""
    for path in sorted(source.rglob("*")):
        if path.is_file():
            copy = target / path.relative_to(source)
            copy.parent.mkdir(parents=True, exist_ok=True)
            with copy.open("wb") as file:
                file.write(path.read_bytes())
                os.fsync(file.fileno())
