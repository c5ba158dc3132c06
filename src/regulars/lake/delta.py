"""The only place that calls the Delta Lake library.

Every function takes a table's folder. Failures come out as ``LakeError``, a full disk said plainly.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

import duckdb
import pyarrow as pa
from deltalake import DeltaTable, PostCommitHookProperties, WriterProperties, write_deltalake
from deltalake.exceptions import DeltaError

from regulars.base.errors import LakeError, RegularsError
from regulars.lake.manifest import sync_folder

_FULL_DISK = ("no space left", "file too large", "disk quota", "os error 28", "os error 27")
_ROW_GROUP_ROWS = 200_000
_TARGET_FILE_BYTES = 256 * 1024 * 1024
_WRITER = WriterProperties(
    compression="ZSTD", compression_level=1, max_row_group_size=_ROW_GROUP_ROWS
)
_HOOKS = PostCommitHookProperties(create_checkpoint=True, cleanup_expired_logs=True)


@dataclass(frozen=True, slots=True)
class Files:
    """The Parquet files of one version of a table, and its columns with their Arrow types."""

    paths: tuple[str, ...]
    columns: Mapping[str, str]
    rows: int
    bytes: int


def is_table(folder: Path) -> bool:
    """Whether the folder holds a Delta table."""
    return (folder / "_delta_log").is_dir()


def has_version(folder: Path, version: int) -> bool:
    """Whether the log holds a commit of that number."""
    return _commit_file(folder, version).exists()


def latest_version(folder: Path) -> int | None:
    """Return the newest committed version, or None when nothing was ever committed."""
    if not DeltaTable.is_deltatable(str(folder)):
        return None
    with translated(folder):
        return DeltaTable(folder, without_files=True).version()


def files_of(folder: Path, version: int) -> Files:
    """Return the files of one version."""
    with translated(folder):
        table = DeltaTable(folder, version=version)
        actions = pa.table(table.get_add_actions(flatten=True))
        schema = pa.schema(table.schema())
        columns = {field.name: str(field.type) for field in schema}
    # The log writes paths percent-encoded, relative to the table.
    paths = tuple(str(folder / unquote(path)) for path in actions.column("path").to_pylist())
    rows = sum(actions.column("num_records").to_pylist()) if paths else 0
    return Files(paths, columns, int(rows), sum(actions.column("size_bytes").to_pylist()))


def append(folder: Path, rows: pa.RecordBatchReader, *, partition: Sequence[str]) -> None:
    """Add the rows; make the table with the reader's schema when there is none."""
    with translated(folder):
        write_deltalake(
            folder,
            rows,
            mode="append",
            partition_by=list(partition) or None,
            target_file_size=_TARGET_FILE_BYTES,
            writer_properties=_WRITER,
            post_commithook_properties=_HOOKS,
        )


def overwrite(
    folder: Path,
    rows: pa.RecordBatchReader,
    *,
    partition: Sequence[str],
    where: str | None = None,
    new_schema: bool = False,
) -> None:
    """Replace the partitions that the predicate ``where`` names, or the whole table, by the rows."""
    with translated(folder):
        write_deltalake(
            folder,
            rows,
            mode="overwrite",
            predicate=where,
            schema_mode="overwrite" if new_schema else None,
            partition_by=list(partition) or None,
            target_file_size=_TARGET_FILE_BYTES,
            writer_properties=_WRITER,
            post_commithook_properties=_HOOKS,
        )


def restore(folder: Path, version: int) -> int:
    """Make the newest version equal to ``version``; return its number."""
    with translated(folder):
        table = DeltaTable(folder)
        table.restore(version)
        return DeltaTable(folder, without_files=True).version()


def delete_member(folder: Path, member_id: str) -> int:
    """Remove the member's rows; return how many there were."""
    value = member_id.replace("'", "''")
    with translated(folder):
        done = DeltaTable(folder).delete(
            f"member_id = '{value}'", writer_properties=_WRITER, post_commithook_properties=_HOOKS
        )
        return int(done["num_deleted_rows"])


def compact(folder: Path) -> int:
    """Join small files; return how many files went."""
    with translated(folder):
        done = DeltaTable(folder).optimize.compact(
            target_size=_TARGET_FILE_BYTES, writer_properties=_WRITER
        )
        return int(done["numFilesRemoved"])


def vacuum(folder: Path, *, keep_hours: int) -> int:
    """Delete files that no version of the last ``keep_hours`` uses; return how many."""
    with translated(folder):
        gone = DeltaTable(folder).vacuum(
            retention_hours=keep_hours,
            dry_run=False,
            enforce_retention_duration=False,
            full=True,
        )
        return len(gone)


def sync(folder: Path, *, before: Files | None, after: Files, versions: range) -> None:
    """Flush what the commits of ``versions`` wrote, so that the manifest never names lost files."""
    old = set(before.paths) if before else set()
    written = [Path(path) for path in after.paths if path not in old]
    written += [_commit_file(folder, version) for version in versions]
    for path in written:
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    for parent in sorted({path.parent for path in written} | {folder}):
        sync_folder(parent)


def _commit_file(folder: Path, version: int) -> Path:
    return folder / "_delta_log" / f"{version:020}.json"


@contextmanager
def translated(where: Path) -> Iterator[None]:
    """Turn the storage libraries' failures into ``LakeError``."""
    try:
        yield
    except RegularsError:
        raise
    except (DeltaError, OSError, duckdb.Error, pa.ArrowException) as error:
        text = str(error)
        full = any(words in text.lower() for words in _FULL_DISK) or (
            isinstance(error, OSError) and error.errno in {errno.ENOSPC, errno.EFBIG, errno.EDQUOT}
        )
        if full:
            raise LakeError(
                "the disk is full; nothing was written",
                where=str(where),
                fix="Free some space and try again",
            ) from error
        raise LakeError(
            f"the table could not be read or written: {text}", where=str(where)
        ) from error
