"""Load a simulated chain's whole folder, beside DuckDB writing the same files as Parquet.

``REGULARS_BENCH_CHAIN`` names the folder of a simulation (a million members for the figure in the
documents); left out, one of ``REGULARS_BENCH_PEOPLE`` members (20,000) is made. The limit reads
every file as text and writes it again: no cleaning, no identity, no comparison, no commit.
``REGULARS_BENCH_KEEP`` names a folder that does not exist yet, for the loaded home.
"""

from __future__ import annotations

import os
import resource
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

import duckdb
from django.conf import settings
from django.core.management import call_command

from benchmarks.harness import Measurement, measured
from regulars.apps.ingest.services import load_set
from regulars.apps.ingest.types import LoadReport
from regulars.base.brand import Brand
from regulars.science.simulation import SimulationOptions, simulate

SET = "simulated_chain"
PEOPLE = int(os.environ.get("REGULARS_BENCH_PEOPLE", "20000"))
MONTHS = int(os.environ.get("REGULARS_BENCH_MONTHS", "24"))


def measurements() -> Sequence[Measurement]:
    prepare()
    with tempfile.TemporaryDirectory() as made:
        folder = chain(Path(made))
        rows, ours = measured(
            "regulars load", lambda: load_everything(folder / "raw"), rows=0, repeats=1
        )
        # What a process has ever held, its children included, not what it held at a sample.
        peaks = [resource.getrusage(who).ru_maxrss for who in (_SELF, _CHILDREN)]
        _, limit = measured(
            "DuckDB to Parquet",
            lambda: written_plainly(folder / "raw", Path(made) / "plain"),
            rows=rows,
            repeats=1,
            note="the limit: the same files read as text and written",
        )
    keep = os.environ.get("REGULARS_BENCH_KEEP")
    if keep:
        shutil.copytree(settings.REGULARS_HOME, keep)
    ours = Measurement(
        contender=ours.contender,
        seconds=ours.seconds,
        rows=rows,
        peak_memory_mb=round(max(peaks) / 1024, 1),
        note="every table: cleaning, identity, comparison, commits",
    )
    return [ours, limit]


_SELF, _CHILDREN = resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN


def prepare() -> None:
    """Make the scenario's home the simulated chain's."""
    settings.REGULARS_BRAND = Brand("Simulated chain", "Asia/Shanghai", "CNY", "CN")
    call_command("migrate", verbosity=0)


def chain(made: Path) -> Path:
    """Return the folder of the simulation that was named, or of one made in ``made``."""
    given = os.environ.get("REGULARS_BENCH_CHAIN")
    if given:
        return Path(given)
    simulate(SimulationOptions(members=PEOPLE, months=MONTHS, seed=1), made / "chain")
    return made / "chain"


def load_everything(raw: Path) -> int:
    """Load the whole folder; return rows read. A file that fails ends the measurement."""
    read = 0
    for report in load_set(SET, folder=str(raw)):
        if not isinstance(report, LoadReport):
            raise SystemExit(report.error)
        read += report.counts.read
    return read


def written_plainly(raw: Path, target: Path) -> None:
    """Read every file as text, and write it as Parquet."""
    target.mkdir()
    with duckdb.connect() as connection:
        for number, path in enumerate(sorted(raw.rglob("*.*"))):
            connection.execute(
                f"COPY (SELECT * FROM {_reader(path)}) TO '{target / str(number)}.parquet' "
                "(FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1)"
            )


def _reader(path: Path) -> str:
    if path.suffix == ".parquet":
        return f"read_parquet('{path}')"
    if path.suffix == ".jsonl":
        return f"read_json('{path}', format = 'newline_delimited', maximum_depth = 1)"
    # DuckDB reads no GB18030: latin-1 takes the same bytes without saying what they mean.
    encoding = "latin-1" if path.parent.name == "pos" else "utf-8"
    return f"read_csv('{path}', all_varchar = true, header = true, encoding = '{encoding}')"
