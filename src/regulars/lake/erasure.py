"""Erasing one person from every table that knows members."""

from __future__ import annotations

import duckdb

from regulars.lake.contracts import Contract, contract
from regulars.lake.draft import Draft
from regulars.lake.storage.revisions import holding_rows
from regulars.lake.storage.sql import rows_of, text


def erase_member(draft: Draft, member_id: str) -> dict[str, int]:
    """Take the member's rows out of every table; return how many each table had."""
    erased = {}
    for name in list(draft.versions):
        if not contract(name).knows_members:
            continue
        declared = draft.writable(name)
        with draft.queries(name) as cursor:
            rows = _erase_from(draft, cursor, declared, member_id)
        if rows:
            erased[name] = rows
    return erased


def _erase_from(
    draft: Draft, cursor: duckdb.DuckDBPyConnection, declared: Contract, member_id: str
) -> int:
    files = draft.files(declared.name)
    held = rows_of(declared, files.data, files.columns, with_file=True)
    found = dict(
        cursor.execute(
            f'SELECT "held file", count(*) FROM ({held}) WHERE member_id = ? GROUP BY ALL',
            [member_id],
        ).fetchall()
    )
    if not found:
        return 0
    touched = [file for file in files.data if str(file.path) in found]
    if declared.keeps_revisions:
        # A row alone does not say whether it holds: its partition is settled on the way.
        places = {file.partition for file in touched}
        touched = [file for file in files.data if file.partition in places]
    added = draft.rewrite(
        cursor,
        declared,
        touched,
        lambda _partition, data: (
            f"SELECT * FROM ({holding_rows(declared, data, files.columns)}) "
            f"WHERE member_id IS DISTINCT FROM {text(member_id)}"
        ),
    )
    draft.publish(declared, added=added, removed=touched)
    return sum(found.values())
