"""Small loads for tests: who is named by what, and what becomes of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

import pyarrow as pa

from regulars.apps.ingest.hooks import IDENTIFIER_SCHEMA, Resolution
from regulars.apps.members.models import Identifier
from regulars.apps.members.services.resolution.resolve import resolve

# (kind, value), or (kind, value, verified); verified unless said otherwise.
Named = Sequence[tuple[str, str] | tuple[str, str, bool]]


def identifiers(
    people: Iterable[Named],
    *,
    joined: Mapping[int, tuple[str | None, datetime | None, str | None]] | None = None,
) -> pa.Table:
    """Return a load's identifier rows: person n has the row_id n."""
    rows = []
    for row_id, names in enumerate(people):
        store_id, joined_at, channel = (joined or {}).get(row_id, (None, None, None))
        rows += [
            {
                "row_id": row_id,
                "kind": name[0],
                "value": name[1],
                "verified": name[2] if len(name) == 3 else True,
                "store_id": store_id,
                "joined_at": joined_at,
                "channel": channel,
            }
            for name in names
        ]
    return pa.Table.from_pylist(rows, schema=IDENTIFIER_SCHEMA)


def load(*people: Named, source: str = "crm") -> Resolution:
    """Resolve a load of these people."""
    return resolve(identifiers(people), source)


def members(resolution: Resolution) -> list[str | None]:
    """Return the member of every row_id from 0 to the largest, None where there is none."""
    found = dict(
        zip(
            resolution.member_of_row.column("row_id").to_pylist(),
            resolution.member_of_row.column("member_id").to_pylist(),
            strict=True,
        )
    )
    return [found.get(row_id) for row_id in range(max(found, default=-1) + 1)]


def one(*names: tuple[str, str] | tuple[str, str, bool]) -> str:
    """Resolve one person and return the member."""
    member_id = members(load(names))[0]
    assert member_id is not None
    return member_id


def owned_by(member_id: str) -> list[str]:
    """Return the kinds a member owns, sorted."""
    rows = Identifier.objects.filter(member=member_id, exclusive=True)
    return sorted(rows.values_list("kind", flat=True))
