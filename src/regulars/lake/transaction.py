"""Writing: one commit over several tables."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from regulars.base.errors import ContractError, LakeError
from regulars.lake import delta, upsert
from regulars.lake.contracts import Contract, contract
from regulars.lake.engine import Engine, held_files, quoted, staging_folder
from regulars.lake.manifest import Manifest, write_manifest
from regulars.lake.snapshot import Snapshot
from regulars.lake.upsert import UpsertCount
from regulars.lake.validation import ArrowRows, CheckedRows

_CHANGES = "member_changes"


class Transaction:
    """Writes that readers see all at once when the ``with`` block of ``Lake.transaction`` ends.

    Rows are anything with ``__arrow_c_stream__``: a ``pa.Table``, a ``RecordBatchReader``, an Ibis
    table. They are checked against the table's contract while they stream.
    """

    def __init__(self, root: Path, manifest: Manifest) -> None:
        self._root = root
        self._manifest = manifest
        self._versions = dict(manifest.tables)
        self._members: list[pa.Array] = []
        self._is_open = True

    @property
    def sequence(self) -> int:
        """The number this commit will have."""
        return self._manifest.sequence + 1

    def append(self, name: str, rows: ArrowRows) -> int:
        """Add rows that are known to be new; return how many. Keys are not compared.

        Raises:
            ContractError: A row breaks the contract.
            LakeError: The table cannot be written.
        """
        declared = self._writable(name)
        checked = CheckedRows(declared, rows)
        with _streaming(checked, self._root / name):
            self._append(declared, checked.reader())
        self._members += checked.members()
        return checked.row_count

    def upsert(self, name: str, rows: ArrowRows) -> UpsertCount:
        """Make the held rows of the incoming keys equal to the incoming rows.

        Only differences are written; without any there is no new version. Where the contract
        declares ``replaces_by``, held rows of an incoming group that did not come are removed.

        Raises:
            ContractError: A row breaks the contract, or two rows have the same key.
            LakeError: The table cannot be written.
        """
        declared = self._writable(name)
        if not declared.key:
            raise ContractError("a table without a key takes only appends", where=f"table {name}")
        checked = CheckedRows(declared, rows)
        with self._queries(name) as (cursor, folder):
            with _streaming(checked, self._root / name):
                upsert.stage(cursor, declared, checked.reader(), folder / "incoming.parquet")
            if checked.row_count == 0:
                return UpsertCount()
            return self._apply(declared, cursor)

    def replace_partition(
        self, name: str, rows: ArrowRows, *, partition: Mapping[str, object]
    ) -> int:
        """Make the partition hold exactly the rows; return how many.

        ``partition`` gives a value for each partition column, such as ``{"as_of": date(…)}``;
        the rows may leave these columns out. ``{}`` replaces a table without partitions.

        Raises:
            ContractError: A row breaks the contract or belongs to another partition.
            LakeError: The table cannot be written.
        """
        declared = self._writable(name)
        if set(partition) != set(declared.partition):
            raise ContractError(
                f"the partition {dict(partition)} does not name the columns {declared.partition}",
                where=f"table {name}",
            )
        values = tuple(partition[column] for column in declared.partition)
        where = upsert.predicate(declared.partition, [values])
        checked = CheckedRows(declared, rows, fixed=partition)
        if declared.moves_features and name in self._versions:
            self._members.append(self._owners(declared, where))
        with _streaming(checked, self._root / name):
            if name in self._versions:
                self._overwrite(declared, checked.reader(), where)
            else:
                self._append(declared, checked.reader())
        self._members += checked.members()
        return checked.row_count

    def erase_member(self, member_id: str) -> dict[str, int]:
        """Remove the member's rows from every table; return rows removed per table that had any.

        Older versions still hold the rows until ``Lake.vacuum(keep_hours=0)``.
        """
        self._check_open()
        erased = {}
        for name, version in list(self._versions.items()):
            if "member_id" not in held_files(self._root, name, version).columns:
                continue
            rows = delta.delete_member(self._root / name, member_id)
            if rows:
                erased[name] = rows
            self._note_version(name)
        return erased

    def snapshot(self) -> Snapshot:
        """Return the tables with this transaction's own writes so far."""
        self._check_open()
        manifest = Manifest(self.sequence, dict(self._versions))
        return Snapshot(Engine(self._root, manifest.tables), manifest)

    def compact(self, name: str) -> None:
        """Join the table's small files; ``member_changes`` keeps each member's last change only."""
        declared = self._writable(name)
        if name == _CHANGES:
            # `changed since S` asks only whether a member's last change is after S.
            with self._queries(name) as (cursor, _folder):
                rows = cursor.execute(
                    f"SELECT member_id, max(sequence) AS sequence FROM {_CHANGES} GROUP BY member_id"
                ).to_arrow_reader(100_000)
                with delta.translated(self._root / name):
                    self._overwrite(declared, rows, "true")
            return
        delta.compact(self._root / name)
        self._note_version(name)

    def vacuum(self, name: str, *, keep_hours: int) -> int:
        """Delete the table's files that nothing of the last hours uses; return how many."""
        self._check_open()
        gone = delta.vacuum(self._root / name, keep_hours=keep_hours)
        self._note_version(name)
        return gone

    def commit(self, note: str) -> Manifest:
        """Publish the writes; called by ``Lake.transaction``. Without any, nothing happens."""
        self._write_member_changes()
        self._is_open = False
        if self._versions == self._manifest.tables:
            return self._manifest
        with delta.translated(self._root):
            for name, version in self._versions.items():
                self._sync(name, version)
            manifest = Manifest(self.sequence, self._versions, note)
            write_manifest(self._root, manifest)
        return manifest

    def close(self) -> None:
        """Refuse further writes: the block was left."""
        self._is_open = False

    def _apply(self, declared: Contract, cursor: duckdb.DuckDBPyConnection) -> UpsertCount:
        count = upsert.compare(cursor, declared)
        if not count.written:
            return count
        if declared.moves_features:
            self._members.append(upsert.moved_members(cursor, declared))
        partitions = upsert.touched_partitions(cursor, declared)
        where = upsert.predicate(declared.partition, partitions) if partitions else "false"
        if partitions:
            self._overwrite(declared, upsert.rewritten(cursor, declared, where), where)
        added = upsert.added(cursor, declared, where)
        if added is not None:
            self._append(declared, added)
        return count

    def _append(self, declared: Contract, rows: pa.RecordBatchReader) -> None:
        delta.append(self._root / declared.name, rows, partition=declared.partition)
        self._note_version(declared.name)

    def _overwrite(self, declared: Contract, rows: pa.RecordBatchReader, where: str) -> None:
        delta.overwrite(
            self._root / declared.name,
            rows,
            partition=declared.partition,
            where=where if declared.partition else None,
        )
        self._note_version(declared.name)

    def _note_version(self, name: str) -> None:
        version = delta.latest_version(self._root / name)
        if version is None:
            raise LakeError("the table was not written", where=str(self._root / name))
        self._versions[name] = version

    def _owners(self, declared: Contract, where: str) -> pa.Array:
        with self._queries(declared.name) as (cursor, _folder):
            found: pa.Table = cursor.execute(
                f"SELECT DISTINCT member_id FROM {quoted(declared.name)} WHERE {where}"
            ).to_arrow_table()
        return found.column("member_id").combine_chunks().cast(pa.string()).drop_null()

    def _writable(self, name: str) -> Contract:
        self._check_open()
        declared = contract(name)
        version = self._versions.get(name)
        if version is not None:
            held = held_files(self._root, name, version).columns
            declares = {field.name: str(field.type) for field in declared.arrow_schema}
            if held != declares:
                self._grow(declared)
        return declared

    def _grow(self, declared: Contract) -> None:
        # The contract has changed since the table was written: write it once more in today's shape.
        with self._queries(declared.name) as (cursor, _folder):
            rows = cursor.execute(f"SELECT * FROM {quoted(declared.name)}").to_arrow_reader(100_000)
            with delta.translated(self._root / declared.name):
                delta.overwrite(
                    self._root / declared.name,
                    rows,
                    partition=declared.partition,
                    new_schema=True,
                )
        self._note_version(declared.name)

    def _check_open(self) -> None:
        if not self._is_open:
            raise LakeError(
                "the transaction is over", where=str(self._root), fix="Write inside its with block"
            )

    @contextmanager
    def _queries(self, name: str) -> Iterator[tuple[duckdb.DuckDBPyConnection, Path]]:
        """Offer a cursor over the tables as this transaction sees them, and a passing folder."""
        engine = Engine(self._root, self._versions)
        engine.ensure_view(name)
        folder = staging_folder(self._root)
        try:
            with engine.cursor() as cursor, delta.translated(self._root / name):
                yield cursor, folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def _write_member_changes(self) -> None:
        members = pc.unique(pa.chunked_array(self._members, pa.string()))
        if not len(members):
            return
        numbers = pa.repeat(pa.scalar(self.sequence, pa.int64()), len(members))
        rows = pa.table({"member_id": members, "sequence": numbers})
        self._members = []
        self.append(_CHANGES, rows)

    def _sync(self, name: str, version: int) -> None:
        old = self._manifest.tables.get(name)
        if old == version:
            return
        before = held_files(self._root, name, old) if old is not None else None
        versions = range(0 if old is None else old + 1, version + 1)
        after = held_files(self._root, name, version)
        delta.sync(self._root / name, before=before, after=after, versions=versions)


@contextmanager
def _streaming(checked: CheckedRows, where: Path) -> Iterator[None]:
    """Raise what ended the stream of rows, not what a library made of it."""
    try:
        with delta.translated(where):
            yield
    except (LakeError, ContractError):
        checked.raise_offence()
        raise
