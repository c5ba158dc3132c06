"""``load_set``: every file of every mapping of a set, one after another.

Each file is a load of its own, whole or not at all: what stops in the middle goes on where it
stopped, because a file that was loaded is recognised and skipped. Only the facts of members who
turn out to be one move at the end, once for all files.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from regulars.apps.accounts.types import Actor
from regulars.apps.ingest.mapping import Mapping, members_of_set
from regulars.apps.ingest.readers import declared_files
from regulars.apps.ingest.services.carrying import Progress
from regulars.apps.ingest.services.loading import load
from regulars.apps.ingest.services.settling import settle
from regulars.apps.ingest.types import FailedFile, LoadReport
from regulars.base.errors import ContractError, MappingError, SourceError
from regulars.lake.contracts import contract

# What is wrong with one source; a full disk or a busy lake would stop the next one too.
_OF_ONE_SOURCE = (SourceError, MappingError, ContractError)


@dataclass(frozen=True, slots=True)
class PlannedFile:
    """One file of a set: its mapping, its path (empty for a query), and where it stands.

    ``settles`` says that the lake follows its merges at once: a member list leaves no facts behind.
    """

    mapping: str
    path: str
    settles: bool
    place: int
    total: int

    @property
    def name(self) -> str:
        """What people call it."""
        return Path(self.path).name or self.mapping


def load_set(
    name: str,
    *,
    folder: str = "",
    force: bool = False,
    dry_run: bool = False,
    actor: Actor | None = None,
    on_file: Callable[[PlannedFile], None] = lambda _: None,
    on_progress: Progress = lambda *_: None,
) -> Iterator[LoadReport | FailedFile]:
    """Load every file of the set ``name``, and yield what came of each when it is done.

    ``folder`` is where the mappings' relative paths start; left out, each mapping's own. The
    catalog comes first, then people, orders, and the rest. A source that cannot be loaded is
    yielded as failed and leaves the others whole. ``on_file`` hears of a file before it begins;
    the other options are those of ``load``.

    Raises:
        MappingError: There is no such set, or one of its mappings is wrong: nothing was loaded.
        LakeError: The lake cannot be written. What was yielded before is loaded.
    """
    files, missing = planned(name, folder=folder)
    yield from missing
    for file in files:
        on_file(file)
        try:
            yield load(
                file.mapping,
                path=file.path,
                force=force,
                dry_run=dry_run,
                settle=file.settles,
                actor=actor,
                on_progress=on_progress,
            )
        except _OF_ONE_SOURCE as error:
            yield FailedFile(file.mapping, file.path, str(error))
    if not dry_run:
        on_progress("settling", 0, None)
        settle()


def planned(
    name: str, *, folder: str = ""
) -> tuple[tuple[PlannedFile, ...], tuple[FailedFile, ...]]:
    """Return the files of the set in the order of loading, and the mappings that have none."""
    found: list[tuple[str, str, bool]] = []
    missing: list[FailedFile] = []
    for mapping in members_of_set(name):
        try:
            settles = contract(mapping.contract).kind == "dimension"
            found += [(mapping.name, path, settles) for path in _paths(mapping, folder)]
        except SourceError as error:
            missing.append(FailedFile(mapping.name, mapping.place.path, str(error)))
    files = (
        PlannedFile(mapping_name, path, settles, place, len(found))
        for place, (mapping_name, path, settles) in enumerate(found, 1)
    )
    return tuple(files), tuple(missing)


def _paths(mapping: Mapping, folder: str) -> list[str]:
    if mapping.place.format == "sql":
        return [""]
    return [str(path) for path in declared_files(mapping, folder=folder)]
