"""The only place that calls the Delta Lake library: it keeps the log, DuckDB writes the data.

Every function takes a table's folder. Failures come out as ``LakeError``, a full disk said plainly.
"""

from __future__ import annotations

import errno
import os
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, cast
from urllib.parse import quote, unquote

import duckdb
import pyarrow as pa
from deltalake import DeltaTable, PostCommitHookProperties, Schema, write_deltalake
from deltalake.exceptions import DeltaError
from deltalake.transaction import AddAction, RemoveAction

from regulars.base.errors import LakeError, RegularsError
from regulars.lake.contracts import Contract
from regulars.lake.storage.manifest import sync_folder

_FULL_DISK = ("no space left", "file too large", "disk quota", "os error 28", "os error 27")
# Opening a table reads the commits since the last checkpoint, about a third of a millisecond each.
_CHECKPOINT_COMMITS = "20"
_HOOKS = PostCommitHookProperties(create_checkpoint=True, cleanup_expired_logs=True)


@dataclass(frozen=True, slots=True)
class DataFile:
    """One Parquet file of a table: its path, the partition it belongs to, and its size."""

    path: Path
    partition: tuple[str, ...]
    rows: int
    bytes: int
    stats: str = field(default="{}", compare=False)


@dataclass(frozen=True, slots=True)
class Files:
    """The data files of one version of a table, and its columns with their Arrow types."""

    data: tuple[DataFile, ...]
    columns: Mapping[str, str]

    @property
    def rows(self) -> int:
        """How many rows the version has."""
        return sum(file.rows for file in self.data)

    @property
    def bytes(self) -> int:
        """How much disk the version takes."""
        return sum(file.bytes for file in self.data)


def column_types(schema: pa.Schema) -> dict[str, str]:
    """Return the names and types by which a table's columns are compared with a contract's."""
    return {column.name: str(column.type) for column in schema}


def is_table(folder: Path) -> bool:
    """Whether the folder holds a Delta table."""
    return (folder / "_delta_log").is_dir()


def has_version(folder: Path, version: int) -> bool:
    """Whether the log holds a commit of that number."""
    return _commit_file(folder, version).exists()


def commit_stamp(folder: Path, version: int) -> tuple[int, int]:
    """Return what tells this commit from one of the same number in a table made anew."""
    try:
        found = _commit_file(folder, version).stat()
    except FileNotFoundError:
        return (0, 0)
    return (found.st_ino, found.st_mtime_ns)


def latest_version(folder: Path) -> int | None:
    """Return the newest committed version, or None when nothing was ever committed."""
    if not DeltaTable.is_deltatable(str(folder)):
        return None
    with translated(folder):
        return DeltaTable(folder).version()


def files_of(folder: Path, version: int) -> Files:
    """Return the files of one version."""
    with translated(folder):
        table = DeltaTable(folder, version=version)
        actions = pa.table(table.get_add_actions(flatten=True)).to_pylist()
        schema = pa.schema(cast("Any", table.schema()))
        partition = table.metadata().partition_columns
    data = tuple(
        DataFile(
            # The log writes paths percent-encoded, relative to the table.
            path=folder / unquote(action["path"]),
            partition=tuple(str(action[f"partition.{name}"]) for name in partition),
            rows=action["num_records"],
            bytes=action["size_bytes"],
        )
        for action in actions
    )
    return Files(data, column_types(schema))


def create(folder: Path, declared: Contract) -> int:
    """Make the table, empty; return its first version."""
    with translated(folder):
        folder.mkdir(parents=True, exist_ok=True)
        DeltaTable.create(
            folder,
            Schema.from_arrow(declared.arrow_schema),
            partition_by=list(declared.partition) or None,
            description=declared.grain,
            configuration={"delta.checkpointInterval": _CHECKPOINT_COMMITS},
        )
        return 0


def commit(
    folder: Path,
    declared: Contract,
    version: int,
    *,
    added: Iterable[DataFile],
    removed: Iterable[DataFile],
) -> int:
    """Publish data files in the table's log and take others out; return the new version."""
    now = int(time.time() * 1000)
    actions: list[AddAction | RemoveAction] = [
        AddAction(
            path=_log_path(folder, file),
            size=file.bytes,
            partition_values=dict(zip(declared.partition, file.partition, strict=True)),
            modification_time=now,
            data_change=True,
            stats=file.stats,
        )
        for file in added
    ]
    actions += [
        RemoveAction(
            path=_log_path(folder, file),
            data_change=True,
            deletion_timestamp=now,
            size=file.bytes,
            partition_values=dict(zip(declared.partition, file.partition, strict=True)),
        )
        for file in removed
    ]
    with translated(folder):
        DeltaTable(folder, version=version).create_write_transaction(
            actions,
            mode="append",
            schema=Schema.from_arrow(declared.arrow_schema),
            partition_by=list(declared.partition) or None,
            post_commithook_properties=_HOOKS,
        )
    return version + 1


def reshape(folder: Path, declared: Contract, rows: pa.RecordBatchReader) -> None:
    """Write the whole table once more, with the contract's columns of today."""
    with translated(folder):
        write_deltalake(
            folder,
            rows,
            mode="overwrite",
            schema_mode="overwrite",
            partition_by=list(declared.partition) or None,
            post_commithook_properties=_HOOKS,
        )


def restore(folder: Path, version: int) -> int:
    """Make the newest version equal to ``version``; return its number."""
    with translated(folder):
        DeltaTable(folder).restore(version)
        return DeltaTable(folder).version()


def vacuum(folder: Path, *, keep_hours: int) -> int:
    """Delete files that no version of the last ``keep_hours`` uses; return how many.

    Files that a dead writer left and no commit ever named go too.
    """
    with translated(folder):
        sweep = partial(
            DeltaTable(folder).vacuum,
            retention_hours=keep_hours,
            enforce_retention_duration=False,
            full=True,
        )
        # The library also lists files that went long ago, and commits even when nothing goes.
        stale = [path for path in sweep(dry_run=True) if (folder / unquote(path)).exists()]
        if stale:
            sweep(dry_run=False)
        return len(stale)


def sync(folder: Path, *, written: Sequence[Path], versions: range) -> None:
    """Flush data files and commits, so that the manifest never names what a power cut lost."""
    files = [path for path in written if path.exists()]
    files += [_commit_file(folder, version) for version in versions]
    for path in files:
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    for parent in sorted({path.parent for path in files} | {folder, folder.parent}):
        sync_folder(parent)


def _commit_file(folder: Path, version: int) -> Path:
    return folder / "_delta_log" / f"{version:020}.json"


def _log_path(folder: Path, file: DataFile) -> str:
    return quote(file.path.relative_to(folder).as_posix(), safe="/=")


@contextmanager
def translated(where: Path) -> Iterator[None]:
    """Turn the storage libraries' failures into ``LakeError``."""
    try:
        yield
    except RegularsError:
        raise
    except (DeltaError, OSError, duckdb.Error, pa.ArrowException) as error:
        words = str(error)
        full = any(sign in words.lower() for sign in _FULL_DISK) or (
            isinstance(error, OSError) and error.errno in {errno.ENOSPC, errno.EFBIG, errno.EDQUOT}
        )
        if full:
            raise LakeError(
                "the disk is full; nothing was written",
                where=str(where),
                fix="Free some space and try again",
            ) from error
        raise LakeError(
            f"the table could not be read or written: {words}", where=str(where)
        ) from error
