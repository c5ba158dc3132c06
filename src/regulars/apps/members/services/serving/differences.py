"""Compare documents with the profiles held, and write those that differ."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import ibis.expr.types as ir
from django.db import connection
from django.db import transaction as ledger
from django.utils import timezone

from regulars.apps.members.models import Member, ServedProfile
from regulars.apps.members.services.ledger_rows import chunks, database_time, insert_rows
from regulars.apps.members.services.serving.stretches import Stretch
from regulars.apps.members.types import MemberState
from regulars.lake import Snapshot

_BATCH_ROWS = 10_000
Part = Literal["history", "standing"]
HISTORY: Part = "history"
STANDING: Part = "standing"


@dataclass(frozen=True, slots=True)
class Counts:
    """How many profiles were looked at, written and removed."""

    looked_at: int
    written: int
    removed: int


def write_differences(snapshot: Snapshot, stretch: Stretch, rows: ir.Table, part: Part) -> Counts:
    """Write the documents of a stretch whose digest is not the one held, of members still active.

    ``rows`` has member_id, document and digest. Held profiles of the stretch without a row are
    removed, which only histories are asked for.
    """
    held = _held_digests(stretch, part)
    looked = written = 0
    for batch in snapshot.connection.to_pyarrow(rows).to_batches(max_chunksize=_BATCH_ROWS):
        found = batch.to_pylist()
        looked += len(found)
        differing = [one for one in found if held.pop(one["member_id"], "") != one["digest"]]
        if differing:
            written += _write(differing, part, snapshot.sequence)
    gone = list(held) if part == HISTORY else []
    for ids in chunks(gone):
        ServedProfile.objects.filter(pk__in=ids, sequence__lte=snapshot.sequence).delete()
    return Counts(looked, written, len(gone))


def _held_digests(stretch: Stretch, part: Part) -> dict[str, str]:
    fields = ("member_id", f"{part}_digest")
    profiles = ServedProfile.objects.values_list(*fields)
    if stretch.ids is not None:
        asked = (profiles.filter(pk__in=ids) for ids in chunks(stretch.ids))
        return {member_id: digest for found in asked for member_id, digest in found}
    profiles = profiles.filter(pk__gte=stretch.first)
    if stretch.end is not None:
        profiles = profiles.filter(pk__lt=stretch.end)
    return dict(profiles.iterator(chunk_size=_BATCH_ROWS))


def _write(found: list[dict[str, Any]], part: Part, sequence: int) -> int:
    columns = ("member_id", part, f"{part}_digest", f"{part}_at", "sequence")
    now = database_time(timezone.now())
    with ledger.atomic():
        active = _still_active(found)
        values = (
            (one["member_id"], one["document"], one["digest"], now, sequence) for one in active
        )
        insert_rows(ServedProfile, columns, values, on_conflict=_unless_newer(columns))
    return len(active)


def _still_active(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Leave those whom nobody erased or merged since the snapshot, and keep it so.

    An erasure deletes from this table in its own transaction: it has committed and is seen here,
    or waits until this transaction ends and then finds the row. SQLite has one writer anyway.
    """
    if connection.vendor == "postgresql":
        table = connection.ops.quote_name(ServedProfile._meta.db_table)  # noqa: SLF001 as below
        with connection.cursor() as cursor:
            cursor.execute(f"LOCK TABLE {table} IN SHARE ROW EXCLUSIVE MODE")
    active: set[str] = set()
    for ids in chunks(one["member_id"] for one in found):
        members = Member.objects.filter(pk__in=ids, state=MemberState.ACTIVE)
        active.update(members.values_list("pk", flat=True))
    return [one for one in found if one["member_id"] in active]


def _unless_newer(columns: tuple[str, ...]) -> str:
    quote = connection.ops.quote_name
    table = quote(ServedProfile._meta.db_table)  # noqa: SLF001 Django documents _meta as its interface
    sets = ", ".join(f"{quote(one)} = excluded.{quote(one)}" for one in columns[1:])
    return (
        f"ON CONFLICT (member_id) DO UPDATE SET {sets} WHERE {table}.sequence <= excluded.sequence"
    )
