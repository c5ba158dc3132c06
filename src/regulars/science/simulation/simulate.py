"""Write a simulated chain: raw files and the truth, whole or not at all."""

from __future__ import annotations

import json
import shutil
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from regulars.base.errors import ConfigurationError
from regulars.science.simulation.options import SimulationOptions
from regulars.science.simulation.output.afterwards import write_refunds, write_reviews
from regulars.science.simulation.output.catalog import write_catalog
from regulars.science.simulation.output.events import write_events
from regulars.science.simulation.output.files import Files, fingerprints
from regulars.science.simulation.output.marketing import write_marketing, write_plans
from regulars.science.simulation.output.orders import order_ids, write_orders
from regulars.science.simulation.output.people import write_people
from regulars.science.simulation.output.truth import write_truth
from regulars.science.simulation.output.world import write_world
from regulars.science.simulation.people.natures import chunks_of
from regulars.science.simulation.trade.history import History, history_of
from regulars.science.simulation.world.everything import World, world_of

# Raise it when the same arguments come to mean other bytes.
VERSION = 1
MANIFEST = "truth/manifest.json"
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class SimulationReport:
    """What was written: rows and bytes of every file by its name, and how long it took."""

    folder: Path
    rows: dict[str, int]
    bytes: int
    seconds: float


def simulate(
    options: SimulationOptions, out: Path, *, on_progress: Progress | None = None
) -> SimulationReport:
    """Write the raw files and the truth of a chain to ``out``, which must be empty or absent.

    Everything is written beside ``out`` first and moved there in one step, so that a simulation
    that fails or is stopped leaves nothing at ``out``. ``on_progress`` is told how many chunks of
    people of how many are done. Raises ``ConfigurationError`` when ``out`` cannot be used.
    """
    try:
        return _simulated(options, out.resolve(), on_progress=on_progress)
    except OSError as error:
        raise ConfigurationError(
            f"the files cannot be written: {error.strerror or error}",
            where=str(out),
            fix="Name a folder you may write to, on a disk with room",
        ) from error


def _simulated(
    options: SimulationOptions, out: Path, *, on_progress: Progress | None
) -> SimulationReport:
    started = time.monotonic()
    _check_free(out)
    out.parent.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix=f".{out.name}-", dir=out.parent))
    try:
        folder.chmod(0o755)
        rows = _written(options, folder, on_progress=on_progress)
        found = fingerprints(folder, rows)
        manifest = {"version": VERSION, "arguments": asdict(options), "files": found}
        text = json.dumps(manifest, indent=1, sort_keys=True, ensure_ascii=False, default=str)
        (folder / MANIFEST).write_text(f"{text}\n", encoding="utf-8")
        if out.exists():
            out.rmdir()
        folder.replace(out)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return SimulationReport(
        out, rows, sum(int(str(one["bytes"])) for one in found.values()), time.monotonic() - started
    )


def _check_free(out: Path) -> None:
    if not out.exists():
        return
    if not out.is_dir():
        raise ConfigurationError(
            "this is a file", where=str(out), fix="Name a folder that does not exist yet"
        )
    if any(out.iterdir()):
        raise ConfigurationError(
            "the folder is not empty",
            where=str(out),
            fix="Name a new folder, or empty this one: a simulation never writes over files",
        )


def _written(
    options: SimulationOptions, folder: Path, *, on_progress: Progress | None
) -> dict[str, int]:
    world = world_of(options)
    chunks = chunks_of(options.members)
    with Files(folder) as files:
        write_catalog(files, world)
        write_plans(files, world)
        write_world(files, world)
        for chunk in range(chunks):
            _write_chunk(files, world, history_of(world, chunk))
            if on_progress is not None:
                on_progress(chunk + 1, chunks)
        return files.rows


def _write_chunk(files: Files, world: World, history: History) -> None:
    ids = order_ids(history)
    phones = _phones(history)
    write_people(files, world, history)
    write_orders(files, world, history, ids, phones)
    write_refunds(files, world, history, ids, phones)
    write_reviews(files, world, history, ids)
    write_events(files, world, history, ids)
    write_marketing(files, world, history, ids)
    write_truth(files, world, history, ids, phones)


def _phones(history: History) -> Any:
    """The phone each order's buyer would give; empty for anonymous buyers."""
    bought, named = history.purchases, history.people.named
    known = bought.person < named
    phones = iter(history.accounts.phones.at(bought.person[known], bought.second[known]))
    return pa.array([next(phones) if has else "" for has in known.tolist()], pa.string())
