"""The ledger's members as tables for the lake, read without model objects."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from django.conf import settings
from django.db import connection

from regulars.apps.members.models import Member, UnpublishedChange
from regulars.apps.members.services.ledger_rows import chunks, database_time, marks

_COLUMNS = (
    "member_id", "home_store_id", "guide_id", "joined_at", "joined_channel", "source", "state",
)  # fmt: skip
_WHERE_FROM_ORDERS = "joined_from_orders AND state = 'active'"
_FETCHED = 50_000
# Above this many, reading all members is quicker than looking each of them up.
_LOOK_UPS_MAX = 50_000

_MOMENT = pa.timestamp("us", tz="UTC")


def member_rows(newest_note: int | None) -> pa.Table:
    """Return members with ``joined_on`` and ``state``; '' is null.

    Those announced by a note up to ``newest_note``; without one, all active members.
    """
    members, notes = _table(Member), _table(UnpublishedChange)
    if newest_note is None:
        found = _fetched(_COLUMNS, f"FROM {members} AS m WHERE state = 'active'", [])
    else:
        announced = f"SELECT DISTINCT member_id FROM {notes} WHERE id <= %s"  # noqa: S608 names of our own
        where = f"FROM {members} AS m WHERE member_id IN ({announced})"
        found = _fetched(_COLUMNS, where, [newest_note])
    zoned = found["joined_at"].cast(pa.timestamp("us", tz=settings.REGULARS_BRAND.zone))
    return found.append_column("joined_on", pc.local_timestamp(zoned).cast(pa.date32(), safe=False))


def members_from_orders(
    members: pa.Array[pa.StringScalar] | None, *, since: datetime | None = None
) -> pa.Table:
    """Return what is known of members nobody registered.

    When given, of these members only, and of those who joined ``since`` or nobody knows when.
    """
    columns = ("member_id", "home_store_id", "joined_channel", "joined_at")
    where, moments = f"FROM {_table(Member)} AS m WHERE {_WHERE_FROM_ORDERS}", []
    if since is not None:
        where += " AND (joined_at IS NULL OR joined_at >= %s)"
        moments = [database_time(since)]
    if members is None or len(members) > _LOOK_UPS_MAX:
        found = _fetched(columns, where, moments)
        if members is None:
            return found
        return found.filter(pc.is_in(found["member_id"], members))
    parts = []
    for chunk in chunks(members.to_pylist()):
        named = f"{where} AND member_id IN ({marks(chunk)})"
        parts.append(_fetched(columns, named, [*moments, *chunk]))
    return pa.concat_tables(parts)


def merged_members(*, unpublished: bool = False) -> list[str]:
    """Return the ids of merged members, only of those the lake has not heard of when asked."""
    # Who points to another is merged; unlike the state, an index of these few alone answers it.
    merged = Member.objects.filter(merged_into__isnull=False)
    if unpublished:
        merged = merged.filter(pk__in=UnpublishedChange.objects.values("member_id"))
    return list(merged.values_list("pk", flat=True))


def _fetched(columns: Sequence[str], rest: str, parameters: Sequence[Any]) -> pa.Table:
    names = ", ".join(connection.ops.quote_name(column) for column in columns)
    batches = []
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {names} {rest}", parameters)
        while rows := cursor.fetchmany(_FETCHED):
            values = zip(columns, zip(*rows, strict=True), strict=True)
            batches.append([_column(name, column) for name, column in values])
    schema = pa.schema(
        [(name, _MOMENT if name == "joined_at" else pa.string()) for name in columns]
    )
    return pa.Table.from_batches(
        [pa.RecordBatch.from_arrays(batch, schema=schema) for batch in batches], schema
    )


def _column(name: str, values: Sequence[Any]) -> pa.Array[Any]:
    if name != "joined_at":
        texts = pa.array(values, pa.string())
        return pc.if_else(pc.equal(texts, ""), pa.scalar(None, pa.string()), texts)
    if any(isinstance(value, str) for value in values):
        # SQLite keeps times as text without a zone.
        naive = pa.array(values, pa.string()).cast(pa.timestamp("us"))
        return pc.assume_timezone(naive, "UTC")
    return pa.array(values, _MOMENT)


def _table(model: type[Member | UnpublishedChange]) -> str:
    return connection.ops.quote_name(model._meta.db_table)  # noqa: SLF001 Django documents _meta as its interface
