"""Writing later rows of a feature partition beside the ones they replace."""

from __future__ import annotations

import duckdb

from regulars.lake.contracts import Contract
from regulars.lake.draft import Draft
from regulars.lake.storage import data_files
from regulars.lake.storage.revisions import LATER, holding_rows, is_later, row_key
from regulars.lake.storage.sql import names, rows_of, sql_type, text

# Every reader puts the later rows over the earlier ones: few of them cost nothing to speak of.
_LATER_SHARE_MAX = 0.1


def revise(
    draft: Draft, cursor: duckdb.DuckDBPyConnection, declared: Contract, partition: tuple[str, ...]
) -> None:
    """Write the rows of ``arriving``, and that those of ``leaving`` (member_id) are gone.

    One file holds all later rows of a partition. When they are too many they are settled: the
    partition is written once more, as one file of the rows that hold.
    """
    files = draft.files(declared.name)
    mine = [file for file in files.data if file.partition == partition]
    held = [file for file in mine if is_later(file)]
    key = names(row_key(declared))
    cursor.execute(
        f"CREATE TEMP TABLE newest AS SELECT * FROM arriving UNION ALL BY NAME "
        f"SELECT {_gone(draft, declared, partition)} FROM leaving"
    )
    cursor.execute(
        f"CREATE TEMP TABLE later AS SELECT * FROM newest UNION ALL BY NAME SELECT * FROM "
        f"({rows_of(declared, held, files.columns)}) ANTI JOIN newest USING ({key})"
    )
    count = cursor.execute("SELECT count(*) FROM later").fetchone()
    earlier_count = sum(file.rows for file in mine if not is_later(file))
    folder = draft.root / declared.name
    if count and count[0] <= _LATER_SHARE_MAX * earlier_count:
        ordered = f"SELECT * FROM later ORDER BY {key}"
        added = data_files.write_partition(
            cursor, declared, ordered, folder, partition, prefix=LATER
        )
        draft.publish(declared, added=added, removed=held)
        return
    before = holding_rows(declared, mine, files.columns)
    settled = (
        f"SELECT * FROM newest WHERE NOT gone UNION ALL BY NAME "
        f"SELECT * FROM ({before}) ANTI JOIN newest USING ({key})"
    )
    added = data_files.write_sorted(cursor, declared, settled, folder, partition)
    draft.publish(declared, added=added, removed=mine)


def _gone(draft: Draft, declared: Contract, partition: tuple[str, ...]) -> str:
    values = {name: text(value) for name, value in zip(declared.partition, partition, strict=True)}
    values |= {"member_id": "member_id", "revision": str(draft.sequence), "gone": "true"}
    return ", ".join(
        f"{values.get(name, 'NULL')}::{sql_type(declared, name)} AS {name}"
        for name in declared.column_names
    )
