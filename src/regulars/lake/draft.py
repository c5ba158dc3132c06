"""A commit in the making: the versions it has reached, and the steps that change one table."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import duckdb
import pyarrow as pa

from regulars.base.errors import LakeError
from regulars.lake.contracts import Contract, contract
from regulars.lake.engine import NO_FILES, Engine, held_files, remember_files, staging_folder
from regulars.lake.storage import data_files, delta
from regulars.lake.storage.abreast import abreast
from regulars.lake.storage.delta import DataFile, Files
from regulars.lake.storage.manifest import Manifest, write_manifest
from regulars.lake.storage.revisions import holding_rows
from regulars.lake.validation import CheckedRows

_BATCH_ROWS = 100_000


class Draft:
    """Table versions ahead of the manifest, written by the holder of the write lock."""

    def __init__(self, root: Path, manifest: Manifest) -> None:
        self.root = root
        self.versions = dict(manifest.tables)
        self.sequence = manifest.sequence + 1
        self.newest = manifest
        self._engine: Engine | None = None
        self._data: dict[str, list[Path]] = {}
        self._changed: dict[str, list[DataFile]] = {}
        self._is_open = True

    @property
    def is_changed(self) -> bool:
        """Whether some table differs from the newest commit."""
        return self.versions != self.newest.tables

    def files(self, name: str) -> Files:
        """Return the table's files as this draft has them; none for a table never written."""
        version = self.versions.get(name)
        return held_files(self.root, name, version) if version is not None else NO_FILES

    def writable(self, name: str) -> Contract:
        """Return the contract of a table that is about to be written, in today's shape.

        Raises:
            LakeError: The transaction is over.
            UnknownTableError: No contract has that name.
        """
        if not self._is_open:
            raise LakeError(
                "the transaction is over", where=str(self.root), fix="Write inside its with block"
            )
        declared = contract(name).with_columns(self.files(name).columns)
        today = delta.column_types(declared.arrow_schema)
        if name in self.versions and self.files(name).columns != today:
            self._reshape(declared)
        return declared

    def opened(self, declared: Contract, rows: pa.Schema) -> Contract:
        """Return the contract of an open table with the columns of rows that replace all it has."""
        types = {one.name: str(_plain(one.type)) for one in rows}
        wanted = contract(declared.name).with_columns(types)
        shape = delta.column_types(wanted.arrow_schema)
        if declared.name in self.versions and self.files(declared.name).columns != shape:
            nothing = pa.RecordBatchReader.from_batches(wanted.arrow_schema, [])
            delta.reshape(self.root / declared.name, wanted, nothing)
            self._find_version(declared.name)
        return wanted

    @contextmanager
    def queries(self, name: str) -> Iterator[duckdb.DuckDBPyConnection]:
        """Offer a cursor for work on one table; its temporary tables go with it."""
        if self._engine is None:
            self._engine = writing_engine(self.root)
        with delta.translated(self.root / name), self._engine.cursor() as cursor:
            yield cursor

    @contextmanager
    def staging(self) -> Iterator[Path]:
        """Offer an empty folder that goes with the block."""
        folder = staging_folder(self.root)
        try:
            folder.mkdir(parents=True)
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def stream(
        self,
        cursor: duckdb.DuckDBPyConnection,
        declared: Contract,
        rows: CheckedRows,
        *,
        partition: tuple[str, ...] | None = None,
    ) -> list[DataFile]:
        """Write incoming rows to data files; they are not published yet.

        Rows that are all of one ``partition`` become one file, sorted as a compaction leaves it.
        """
        folder, query = self.root / declared.name, "SELECT * FROM arriving"
        with rows.offence_raised():
            cursor.register("arriving", rows.reader())
            if partition is None:
                return data_files.write_by_partition(cursor, declared, query, folder)
            return data_files.write_sorted(
                cursor, declared, query, folder, partition, comes_sorted=bool(rows.rising)
            )

    def rewrite(
        self,
        cursor: duckdb.DuckDBPyConnection,
        declared: Contract,
        data: Sequence[DataFile],
        query: Callable[[tuple[str, ...], list[DataFile]], str],
    ) -> list[DataFile]:
        """Write what ``query`` makes of the files of each partition; not published yet."""
        written: list[DataFile] = []
        for partition in sorted({file.partition for file in data}):
            mine = [file for file in data if file.partition == partition]
            written += data_files.write_partition(
                cursor,
                declared,
                query(partition, mine),
                self.root / declared.name,
                partition,
            )
        return written

    def publish(
        self, declared: Contract, *, added: Sequence[DataFile], removed: Sequence[DataFile] = ()
    ) -> None:
        """Put files into the table's log and take others out; make the table when it is new."""
        if not added and not removed:
            return
        folder = self.root / declared.name
        held = self.files(declared.name)
        version = self.versions.get(declared.name)
        if version is None:
            version = delta.create(folder, declared)
        version = delta.commit(folder, declared, version, added=added, removed=removed)
        gone = {file.path for file in removed}
        kept = tuple(file for file in held.data if file.path not in gone)
        files = Files((*kept, *added), delta.column_types(declared.arrow_schema))
        remember_files(self.root, declared.name, version, files)
        self.versions[declared.name] = version
        self._data.setdefault(declared.name, []).extend(file.path for file in added)
        self._changed.setdefault(declared.name, []).extend((*added, *removed))

    def changed_files(self, name: str) -> Sequence[DataFile]:
        """Return the table's files that this draft has written or taken out."""
        return self._changed.get(name, ())

    def vacuum(self, name: str, *, keep_hours: int) -> int:
        """Delete the table's files that nothing of the last hours uses; return how many."""
        gone = delta.vacuum(self.root / name, keep_hours=keep_hours)
        self._find_version(name)
        return gone

    def finish(self, note: str) -> Manifest:
        """Flush everything and rename the manifest: from here on readers see the commit."""
        self.close()
        if not self.is_changed:
            return self.newest
        with delta.translated(self.root):
            changed = [n for n, v in self.versions.items() if v != self.newest.tables.get(n)]
            abreast([partial(self._sync, name) for name in changed])
            manifest = Manifest(self.sequence, self.versions, note=note)
            write_manifest(self.root, manifest)
        return manifest

    def _sync(self, name: str) -> None:
        old = self.newest.tables.get(name, -1)
        versions = range(old + 1, self.versions[name] + 1)
        delta.sync(self.root / name, written=self._data.get(name, ()), versions=versions)

    def close(self) -> None:
        """Refuse further writes."""
        self._is_open = False
        self._engine = None

    def _reshape(self, declared: Contract) -> None:
        # The contract has changed since the table was written: write it once more in today's shape.
        files = self.files(declared.name)
        with self.queries(declared.name) as cursor:
            rows = cursor.execute(holding_rows(declared, files.data, files.columns))
            delta.reshape(self.root / declared.name, declared, rows.to_arrow_reader(_BATCH_ROWS))
        self._find_version(declared.name)
        self._data.setdefault(declared.name, []).extend(
            file.path for file in self.files(declared.name).data
        )

    def _find_version(self, name: str) -> None:
        version = delta.latest_version(self.root / name)
        if version is None:
            raise LakeError("the table's log is gone", where=str(self.root / name))
        self.versions[name] = version


def _plain(kind: pa.DataType) -> pa.DataType:
    """Return the type that values are written as, however they are held on the way."""
    if pa.types.is_dictionary(kind):
        return _plain(kind.value_type)
    is_text = pa.types.is_large_string(kind) or pa.types.is_string_view(kind)
    return pa.string() if is_text else kind


def writing_engine(root: Path) -> Engine:
    """Return the engine of this process's drafts, one after another: to open one costs 15 ms.

    It has no views, and what a draft makes on a cursor goes with the cursor; what it cannot hold,
    it puts on the disk.
    """
    known = _WRITING.get(os.getpid())
    if known is None or known[0] != root:
        known = _WRITING[os.getpid()] = (root, Engine(root, {}, for_writing=True))
    return known[1]


# By process: DuckDB's threads do not survive a fork, so a child opens its own and closes none.
_WRITING: dict[int, tuple[Path, Engine]] = {}
