"""Measuring, and keeping what was measured."""

from __future__ import annotations

import json
import os
import platform
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import TypeVar

from rich.console import Console
from rich.table import Table

from regulars.science.producers.meter import Meter

PEERS = ("regulars", "duckdb", "deltalake", "ibis-framework", "pyarrow", "pandas", "polars")
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """One contender's times in one scenario. ``rows`` is how many rows the work is about."""

    contender: str
    seconds: tuple[float, ...]
    rows: int
    peak_memory_mb: float
    note: str = ""

    @property
    def median_seconds(self) -> float:
        """The middle time."""
        return median(self.seconds)


def measured(
    contender: str, work: Callable[[], Result], *, rows: int, repeats: int = 5, note: str = ""
) -> tuple[Result, Measurement]:
    """Do the work ``repeats`` times after one that does not count (none before a single one)."""
    if repeats > 1:
        work()
    meter = Meter()
    seconds = []
    for _ in range(repeats):
        lap = Meter()
        result = work()
        seconds.append(round(lap.seconds, 4))
    peak = round(meter.peak_memory_mb, 1)
    return result, Measurement(
        contender=contender, seconds=tuple(seconds), rows=rows, peak_memory_mb=peak, note=note
    )


class Journal:
    """Prints measurements as they come and appends them to ``results/<scenario>.jsonl``."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._console = Console()
        self._facts = machine_facts()  # before the work, which is the load it would find

    def add(self, scenario: str, measurements: Sequence[Measurement]) -> None:
        """Print a table of the scenario and keep its line."""
        self._show(scenario, measurements)
        line = {
            "scenario": scenario,
            **self._facts,
            "measurements": [
                asdict(one) | {"median_seconds": one.median_seconds} for one in measurements
            ],
        }
        self._folder.mkdir(parents=True, exist_ok=True)
        with self._file(scenario).open("a", encoding="utf-8") as file:
            file.write(json.dumps(line, sort_keys=True) + "\n")
        self._console.print(f"Appended to benchmarks/results/{scenario}.jsonl")

    def show_last(self, scenario: str) -> None:
        """Print the table of the last run that was kept, with when and on what it was made."""
        if not self._file(scenario).exists():
            self._console.print(f"{scenario}: not measured yet")
            return
        line = json.loads(self._file(scenario).read_text(encoding="utf-8").splitlines()[-1])
        for one in line["measurements"]:
            del one["median_seconds"]
        made = f"{scenario}, {line['at']} at {line['commit']}, load before {line['load_before']}"
        self._show(made, [Measurement(**one) for one in line["measurements"]])

    def _show(self, title: str, measurements: Sequence[Measurement]) -> None:
        first = measurements[0].median_seconds
        table = Table(title=title, title_justify="left")
        table.add_column("contender")
        for name in ("seconds", "× ours", "rows", "rows/s", "peak MiB"):
            table.add_column(name, justify="right")
        table.add_column("note")
        for one in measurements:
            table.add_row(
                one.contender,
                f"{one.median_seconds:.3f}",
                f"{one.median_seconds / first:.2f}",
                f"{one.rows:,}",
                f"{one.rows / one.median_seconds:,.0f}",
                f"{one.peak_memory_mb:,.0f}",
                one.note,
            )
        self._console.print(table)

    def _file(self, scenario: str) -> Path:
        return self._folder / f"{scenario}.jsonl"


def machine_facts() -> dict[str, object]:
    """Return when, on what and with what the run is made; nothing that names the machine."""
    commit = subprocess.run(
        ["git", "describe", "--always", "--dirty", "--exclude", "*"],
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(__file__).parent,
    )
    return {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "commit": commit.stdout.strip(),
        "cores": os.cpu_count(),
        "memory_gib": round(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30, 1),
        "load_before": round(os.getloadavg()[0], 2),
        "processor": _processor(),
        "python": platform.python_version(),
        "packages": {name: version(name) for name in PEERS},
    }


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()
