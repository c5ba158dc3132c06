"""Whose rows these are: one person's are erased, or given to whom they turned out to be.

Both read one column of all files, which a sorted file mostly skips, and write anew only the files
that hold a row of theirs.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

import duckdb
import pyarrow as pa

from regulars.lake.contracts import Contract, contract
from regulars.lake.draft import Draft
from regulars.lake.storage.delta import DataFile, Files
from regulars.lake.storage.revisions import holding_rows
from regulars.lake.storage.sql import names, quoted, rows_of, text

# Bounds are compared with every constant: of 30,000 that takes longer than reading the column.
_CONSTANTS_MAX = 1_000


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


def give(draft: Draft, declared: Contract, becomes: Mapping[str, str]) -> pa.Table:
    """Give every row of the members named to those they become, in a table without revisions.

    Returns the key and the former ``member_id`` of each row. Many members cost what one does, but
    for the files that hold their rows.
    """
    files = draft.files(declared.name)
    if not becomes or not files.data:
        return declared.arrow_schema.empty_table().select([*declared.key, "member_id"])
    with draft.queries(declared.name) as cursor:
        given = {"member_id": list(becomes), "becomes": list(becomes.values())}
        cursor.register("given", pa.table(given))
        named = _named(becomes)
        touched = _files_naming(cursor, declared, files, named)
        held = rows_of(declared, touched, files.columns)
        found: pa.Table = cursor.execute(
            f"SELECT {names(declared.key)}, member_id FROM ({held}) WHERE {named}"
        ).to_arrow_table()
        if not found.num_rows:
            return found
        columns = ", ".join(
            "coalesce(g.becomes, h.member_id) AS member_id"
            if name == "member_id"
            else f"h.{quoted(name)}"
            for name in declared.column_names
        )
        added = draft.rewrite(
            cursor,
            declared,
            touched,
            lambda _partition, data: (
                f"SELECT {columns} FROM ({rows_of(declared, data, files.columns)}) AS h "
                "LEFT JOIN given AS g ON h.member_id = g.member_id"
            ),
        )
    draft.publish(declared, added=added, removed=touched)
    return found


def _files_naming(
    cursor: duckdb.DuckDBPyConnection, declared: Contract, files: Files, named: str
) -> list[DataFile]:
    """Return the files that hold a row for which ``named`` holds.

    Reading their keys as well would double the time: of all files one column is enough.
    """
    held = rows_of(declared, files.data, files.columns, with_file=True)
    found = cursor.execute(f'SELECT DISTINCT "held file" FROM ({held}) WHERE {named}').fetchall()
    paths = {row[0] for row in found}
    return [file for file in files.data if str(file.path) in paths]


def _named(member_ids: Collection[str]) -> str:
    """Return the condition that a row is of one of the members, who are in ``given`` too."""
    if len(member_ids) > _CONSTANTS_MAX:
        return "member_id IN (SELECT member_id FROM given)"
    # As constants they reach the files' own bounds, so that a sorted file is skipped.
    return f"member_id IN ({', '.join(map(text, member_ids))})"


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
