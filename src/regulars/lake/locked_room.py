"""An engine for queries that people wrote: it sees some tables and can do nothing but read them.

DuckDB itself is told that it may open the files of these tables and no others, may load nothing,
may not be told otherwise, and stops after a while.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import duckdb
import pyarrow as pa

from regulars.lake.snapshot import Snapshot
from regulars.lake.storage.sql import quoted

_MEMORY = "1GB"


@contextmanager
def locked_room(
    snapshot: Snapshot,
    tables: Iterable[str],
    *,
    members: pa.Table | None = None,
    seconds_max: float = 60,
) -> Iterator[duckdb.DuckDBPyConnection]:
    """Offer a connection with a view per table, which ends with the block or the time.

    ``members`` (member_id) cuts every table that knows members to theirs. A query that takes
    longer than ``seconds_max`` raises ``duckdb.InterruptException``.

    Raises:
        UnknownTableError: No contract has one of the names.
    """
    connection = duckdb.connect(
        ":memory:",
        config={
            "memory_limit": _MEMORY,
            "temp_directory": "",
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
            "python_enable_replacements": "false",
        },
    )
    watch = threading.Timer(seconds_max, connection.interrupt)
    try:
        connection.execute("SET TimeZone = 'UTC'")
        if members is not None:
            connection.register("arriving", members)
            connection.execute('CREATE TABLE "the members" AS SELECT member_id FROM arriving')
            connection.unregister("arriving")
        paths: list[str] = []
        for name in tables:
            rows = snapshot.readable(name)
            cut = members is not None and "member_id" in rows.columns
            only = ' SEMI JOIN "the members" USING (member_id)' if cut else ""
            connection.execute(f"CREATE VIEW {quoted(name)} AS SELECT * FROM ({rows.query}){only}")
            paths += [str(path) for path in rows.paths]
        connection.execute("SET allowed_paths = $paths", {"paths": paths})
        connection.execute("SET enable_external_access = false")
        connection.execute("SET lock_configuration = true")
        watch.start()
        yield connection
    finally:
        watch.cancel()
        connection.close()
