"""Joining small files, so that reading does not slow down with every commit."""

from __future__ import annotations

from collections import Counter

from regulars.lake.draft import Draft
from regulars.lake.storage import data_files
from regulars.lake.storage.data_files import SORTED
from regulars.lake.storage.delta import DataFile, Files
from regulars.lake.storage.revisions import holding_rows
from regulars.lake.storage.sql import rows_of

# Orders that are posted one by one leave a small file each second. Joining those alone costs
# little, whatever the size of the month they belong to.
SMALL_ROWS = 50_000
SMALL_FILES_MAX = 32


def crowd(files: Files) -> list[DataFile]:
    """Return the small files of one partition that has too many of them; none where none has."""
    small = [file for file in files.data if file.rows < SMALL_ROWS]
    count = Counter(file.partition for file in small)
    crowded = [partition for partition, many in count.items() if many > SMALL_FILES_MAX]
    return [file for file in small if crowded and file.partition == crowded[0]]


def join_small_files(draft: Draft, name: str) -> int:
    """Join the small files of one partition that has too many of them; return how many went."""
    declared = draft.writable(name)
    files = draft.files(name)
    small = crowd(files)
    if small:
        with draft.queries(name) as cursor:
            query = _rows(name, rows_of(declared, small, files.columns))
            folder = draft.root / name
            added = data_files.write_sorted(cursor, declared, query, folder, small[0].partition)
        draft.publish(declared, added=added, removed=small)
    return len(small)


def compact_table(draft: Draft, name: str) -> None:
    """Make each partition one file, sorted by member where the table knows them.

    Sorted rows let a look-up of one member skip most of a file, and compress better. A partition
    that is already one sorted file stays. Of ``member_changes`` each member's last row is kept:
    what changed since a commit is asked of nothing else.
    """
    declared = draft.writable(name)
    files = draft.files(name)
    stale = _stale(files)
    if not stale:
        return
    added: list[DataFile] = []
    with draft.queries(name) as cursor:
        for partition in sorted({file.partition for file in stale}):
            mine = [file for file in stale if file.partition == partition]
            rows = _rows(name, holding_rows(declared, mine, files.columns))
            folder = draft.root / name
            added += data_files.write_sorted(cursor, declared, rows, folder, partition)
    draft.publish(declared, added=added, removed=stale)


def _rows(name: str, rows: str) -> str:
    if name == "member_changes":
        return f"SELECT member_id, max(sequence) AS sequence FROM ({rows}) GROUP BY member_id"
    return rows


def _stale(files: Files) -> list[DataFile]:
    count = Counter(file.partition for file in files.data)
    return [
        file
        for file in files.data
        if count[file.partition] > 1 or not file.path.name.startswith(SORTED)
    ]
