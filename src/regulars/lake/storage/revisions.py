"""Tables whose rows are revised: which of a member's rows holds.

The rows of a feature partition lie in one file as a whole refresh wrote them, and in at most one
more file of later rows, which hold instead of those of the same key. So a refresh of a few members
writes a few rows. Any reader can tell the two apart by the columns ``revision`` and ``gone``; here
the files' names do, which costs less.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from regulars.lake.contracts import Contract
from regulars.lake.storage.delta import DataFile
from regulars.lake.storage.sql import names, rows_of

LATER = "later"


def is_later(file: DataFile) -> bool:
    """Whether the file's rows hold instead of those of the partition's other files."""
    return file.path.name.startswith(LATER)


def holding_rows(declared: Contract, data: Sequence[DataFile], columns: Mapping[str, str]) -> str:
    """Return a query for the rows of the files that hold, with every column of the contract."""
    revised = sorted({file.partition for file in data if is_later(file)})
    if not revised:
        return rows_of(declared, data, columns)
    plain = [file for file in data if file.partition not in revised]
    queries = [rows_of(declared, plain, columns)] if plain else []
    for partition in revised:
        mine = [file for file in data if file.partition == partition]
        earlier = rows_of(declared, [file for file in mine if not is_later(file)], columns)
        later = rows_of(declared, [file for file in mine if is_later(file)], columns)
        key = names(row_key(declared))
        replaced = f"ANTI JOIN (SELECT {key} FROM ({later})) AS newer USING ({key})"
        queries += [
            f"SELECT * FROM ({earlier}) {replaced}",
            f"SELECT * FROM ({later}) WHERE NOT gone",
        ]
    return " UNION ALL ".join(queries)


def row_key(declared: Contract) -> tuple[str, ...]:
    """Return the columns by which a later row of a partition finds the one it replaces."""
    return tuple(
        name for name in declared.key if name != "revision" and name not in declared.partition
    )
