"""Does a phone number or an e-mail address lie about in the clear?

Lake files are compressed, so their columns are read; the files of a SQLite ledger are read as
bytes, which also covers rows deleted since and pages not written back yet; of PostgreSQL the texts
in every table.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.db import connection

from regulars.lake import Lake, Snapshot
from regulars.lake.contracts import Contract, contract
from regulars.server.diagnosis.finding import Finding, failed, fine

_ROWS_MAX = 200_000
_LEDGER_BYTES_MAX = 512 * 1024**2
_BLOCK_BYTES = 8 * 1024**2
_OVERLAP_BYTES = 256
# Long enough parts that random bytes of a sealed value do not look like one by chance.
_MAIL = r"[A-Za-z0-9._%+-]{3,64}@[A-Za-z0-9-]{3,63}\.[A-Za-z]{2,12}"
_PHONE = r"\+[1-9][0-9]{9,14}"
_MOBILE_CN = r"(^|[^0-9])1[3-9][0-9]{9}([^0-9]|$)"
_IN_TEXT = rf"{_MAIL}|(^|[^0-9A-Za-z+/]){_PHONE}([^0-9A-Za-z]|$)"
_IN_BYTES = re.compile(rf"{_MAIL}|(?<![0-9A-Za-z+/]){_PHONE}(?![0-9A-Za-z])".encode())


def plain_values() -> Iterator[Finding]:
    """Look through the lake's text columns and the ledger's files."""
    snapshot = Lake(settings.REGULARS_LAKE).snapshot()
    found = False
    for name in snapshot.versions:
        columns = _columns_with_plain(snapshot, contract(name))
        for column in columns:
            found = True
            yield failed(
                f"lake {name}",
                f"the column {column} holds what looks like phones or e-mail addresses",
                fix="Take the column out of the mapping, or declare it an identifier; load again "
                "and vacuum",
            )
    yield from _ledger(clean=not found)


def _columns_with_plain(snapshot: Snapshot, declared: Contract) -> list[str]:
    """Return text columns that hold a phone or an e-mail in the first rows."""
    texts = [column.name for column in declared.columns if column.type == "string"]
    if not texts:
        return []
    table = snapshot.table(declared.name).select(*texts).limit(_ROWS_MAX)
    # Ids are long numbers by nature: only a + makes one look like a phone.
    patterns = {
        name: f"{_MAIL}|{_PHONE}"
        if name.endswith(("_id", "_no"))
        else f"{_MAIL}|{_PHONE}|{_MOBILE_CN}"
        for name in texts
    }
    hits = table.aggregate(
        **{name: table[name].re_search(pattern).any() for name, pattern in patterns.items()}
    )
    row = snapshot.connection.to_pyarrow(hits).to_pylist()[0]
    return [name for name in texts if row[name]]


def _ledger(*, clean: bool) -> Iterator[Finding]:
    if connection.vendor != "sqlite":
        yield from _ledger_columns(clean=clean)
        return
    path = Path(str(connection.settings_dict["NAME"]))
    files = [file for file in (path, Path(f"{path}-wal")) if file.is_file()]
    read = 0
    sources = _sources()
    for file in files:
        hits, size = _hits_in(file, sources)
        read += size
        if hits:
            clean = False
            yield failed(
                f"ledger {file.name}",
                f"{hits:,} places look like a phone or an e-mail address in the clear",
                fix="Find the column and seal it, then run VACUUM on the ledger",
            )
    if clean:
        yield fine("plain values", f"none in the lake and in {read / 1024**2:,.0f} MB of ledger")


def _ledger_columns(*, clean: bool) -> Iterator[Finding]:
    """Look through the texts in the ledger's tables: its files are the server's alone."""
    read = 0
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            texts = [
                column.name
                for column in connection.introspection.get_table_description(cursor, table)
                if connection.introspection.get_field_type(column.type_code, column)
                in {"CharField", "TextField", "JSONField"}
            ]
            quoted = [connection.ops.quote_name(name) for name in texts]
            if not quoted:
                continue
            read += 1
            hits = ", ".join(f"count(*) FILTER (WHERE {name}::text ~ %s)" for name in quoted)
            some = f"SELECT * FROM {connection.ops.quote_name(table)} LIMIT {_ROWS_MAX}"  # noqa: S608 names of our own tables
            cursor.execute(f"SELECT {hits} FROM ({some}) AS held", [_IN_TEXT] * len(quoted))  # noqa: S608 as above
            for name, count in zip(texts, cursor.fetchone(), strict=True):
                if count:
                    clean = False
                    yield failed(
                        f"ledger {table}",
                        f"the column {name} holds {count:,} values that look like a phone or an "
                        "e-mail address in the clear",
                        fix="Find out who writes it, and seal it",
                    )
    if clean:
        yield fine("plain values", f"none in the lake and in the texts of {read} ledger tables")


def _sources() -> tuple[bytes, ...]:
    """Return the dotted names that stand right behind the hashes and sealed values of people."""
    if "members_identifier" not in connection.introspection.table_names():
        return ()
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT source FROM members_identifier")
        return tuple(source.encode() for (source,) in cursor.fetchall() if source)


def _hits_in(file: Path, sources: tuple[bytes, ...] = ()) -> tuple[int, int]:
    hits = read = 0
    tail = b""
    with file.open("rb") as stream:
        while read < _LEDGER_BYTES_MAX and (block := stream.read(_BLOCK_BYTES)):
            data = tail + block
            hits += sum(
                not _is_source(data, hit.group(), hit.start(), sources)
                for hit in _IN_BYTES.finditer(data)
            )
            read += len(block)
            tail = block[-_OVERLAP_BYTES:]
    return hits, read


def _is_source(data: bytes, hit: bytes, start: int, sources: tuple[bytes, ...]) -> bool:
    """Whether the domain is a source's name: a hash that ends in @ makes till.receipts a mail."""
    domain = start + hit.find(b"@") + 1
    # Up to its first dot: the domain of an address before a source has a dot of its own.
    label = data.find(b".", domain)
    places = (data.find(source, domain, label + len(source)) for source in sources)
    return b"@" in hit and any(domain <= place < label for place in places)
