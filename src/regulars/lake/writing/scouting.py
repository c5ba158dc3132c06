"""Looking ahead: which files hold rows of what will be written, while other work is done.

To find them means to read the key of every row a table has. A data file never changes, so that
what was seen of it stays true whatever is committed in between: a writer only looks at the files
that are newer, and at all of them if it brings keys the scout was not told of.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

import duckdb
import pyarrow as pa

from regulars.base.errors import LakeError
from regulars.lake.contracts import Contract
from regulars.lake.draft import writing_engine
from regulars.lake.engine import NO_FILES, held_files
from regulars.lake.storage import delta
from regulars.lake.storage.delta import DataFile, Files
from regulars.lake.storage.manifest import Manifest
from regulars.lake.storage.sql import names, quoted, rows_of, text


@dataclass(frozen=True, slots=True)
class Sighting:
    """Of the files ``looked_at`` those in ``holding`` have rows of one of ``groups``."""

    groups: pa.Table
    looked_at: frozenset[str]
    holding: frozenset[str]


class Scout:
    """Looks through tables of one commit in a thread of its own, without the write lock."""

    def __init__(self, root: Path, manifest: Manifest) -> None:
        self._root = root
        self._manifest = manifest
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="scout")
        self._sent: dict[str, Future[Sighting | None]] = {}

    def look(self, declared: Contract, rows: Path) -> None:
        """Begin to look for the files with groups (``declared.group``) of a Parquet file's rows."""
        if declared.name in self._manifest.tables and declared.name not in self._sent:
            self._sent[declared.name] = self._thread.submit(self._sighting, declared, rows)

    def sighting(self, name: str) -> Sighting | None:
        """Wait for what was seen of a table; None when nothing was asked, or it went wrong."""
        sent = self._sent.get(name)
        return sent.result() if sent is not None else None

    def _sighting(self, declared: Contract, rows: Path) -> Sighting | None:
        try:
            with (
                delta.translated(self._root / declared.name),
                writing_engine(self._root).cursor() as cursor,
            ):
                files = self._files(declared.name)
                group = names(declared.group)
                cursor.execute(
                    f"CREATE TEMP TABLE wanted AS SELECT DISTINCT {group} "
                    f"FROM read_parquet({text(str(rows))})"
                )
                groups = cursor.execute("FROM wanted").to_arrow_table()
                holding = files_with(cursor, declared, files.data, files, "wanted")
        except LakeError:
            # A vacuum may have taken a file away. Nobody relies on this: the writer looks itself.
            return None
        looked_at = frozenset(str(file.path) for file in files.data)
        return Sighting(groups, looked_at, frozenset(holding))

    def _files(self, name: str) -> Files:
        version = self._manifest.tables.get(name)
        return held_files(self._root, name, version) if version is not None else NO_FILES

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Let the thread end; what it looks at now it looks at to the end."""
        self._thread.shutdown(cancel_futures=True)


def holding_files(
    cursor: duckdb.DuckDBPyConnection,
    declared: Contract,
    files: Files,
    wanted: str,
    seen: Sighting | None,
) -> list[DataFile]:
    """Return at least the files that hold a row of one of the groups in ``wanted``."""
    if seen is None or not _told_of(cursor, declared, wanted, seen):
        found = files_with(cursor, declared, files.data, files, wanted)
    else:
        newer = [file for file in files.data if str(file.path) not in seen.looked_at]
        found = files_with(cursor, declared, newer, files, wanted) | seen.holding
    return [file for file in files.data if str(file.path) in found]


def files_with(
    cursor: duckdb.DuckDBPyConnection,
    declared: Contract,
    data: Sequence[DataFile],
    files: Files,
    wanted: str,
) -> set[str]:
    """Return the paths of those of the files that hold a row of one of the groups."""
    if not data:
        return set()
    group = names(declared.group)
    every = rows_of(declared, data, files.columns, with_file=True)
    found = cursor.execute(
        f'SELECT DISTINCT "held file" FROM ({every}) '
        f"SEMI JOIN (SELECT DISTINCT {group} FROM {quoted(wanted)}) AS wanted USING ({group})"
    ).fetchall()
    return {row[0] for row in found}


def _told_of(
    cursor: duckdb.DuckDBPyConnection, declared: Contract, wanted: str, seen: Sighting
) -> bool:
    """Whether the scout looked for every group that is wanted."""
    cursor.register("told", seen.groups)
    group = names(declared.group)
    strange = cursor.execute(
        f"SELECT 1 FROM {quoted(wanted)} ANTI JOIN told USING ({group}) LIMIT 1"
    ).fetchone()
    cursor.unregister("told")
    return strange is None
