"""Joining small files, so that reading does not slow down with every commit."""

from __future__ import annotations

from collections import Counter

import duckdb

from regulars.lake.contracts import Contract
from regulars.lake.draft import Draft
from regulars.lake.storage.delta import DataFile, Files
from regulars.lake.storage.sql import names, rows_of

_SORTED = "sorted"


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
    with draft.queries(name) as cursor:
        added = _joined(draft, cursor, declared, files, stale)
    draft.publish(declared, added=added, removed=stale)


def _joined(
    draft: Draft,
    cursor: duckdb.DuckDBPyConnection,
    declared: Contract,
    files: Files,
    stale: list[DataFile],
) -> list[DataFile]:
    order = names(["member_id", *declared.key] if declared.knows_members else declared.key)

    def query(_partition: tuple[str, ...], data: list[DataFile]) -> str:
        rows = rows_of(declared, data, files.columns)
        if declared.name == "member_changes":
            rows = f"SELECT member_id, max(sequence) AS sequence FROM ({rows}) GROUP BY member_id"
        return f"SELECT * FROM ({rows}) ORDER BY {order}" if order else rows

    return draft.rewrite(cursor, declared, stale, query, prefix=_SORTED)


def _stale(files: Files) -> list[DataFile]:
    count = Counter(file.partition for file in files.data)
    return [
        file
        for file in files.data
        if count[file.partition] > 1 or not file.path.name.startswith(_SORTED)
    ]
