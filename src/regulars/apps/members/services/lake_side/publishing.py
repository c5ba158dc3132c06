"""The lake's members and facts, brought in line with the ledger.

The ledger decides who is who; the lake follows. Publishing compares and writes differences only,
so it can run after every load, again after a failure, and at any time in between.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.compute as pc
from django.conf import settings
from django.db import transaction as ledger

from regulars.apps.members.models import LinkEvent, Member
from regulars.apps.members.services.lake_side.home_stores import assign_home_stores
from regulars.apps.members.services.lake_side.moved_facts import follow_merges, give_back
from regulars.apps.members.services.lake_side.moved_profiles import (
    follow_profiles,
    give_back_profile,
)
from regulars.apps.members.services.standing import canonical
from regulars.apps.members.types import LinkKind, MemberState
from regulars.lake import Lake, Transaction
from regulars.lake.contracts import contract

_LEDGER_COLUMNS = (
    "member_id", "home_store_id", "guide_id", "joined_at", "joined_channel", "source",
)  # fmt: skip
_TEXTS = ("member_id", "home_store_id", "guide_id", "joined_channel", "source")


@dataclass(frozen=True, slots=True)
class Published:
    """What publishing changed: member rows written and removed, facts given to another member."""

    written: int
    removed: int
    facts_moved: int


def publish(lake: Lake, *, note: str = "publish members") -> Published:
    """Bring the lake in line with the ledger in a commit of its own."""
    with lake.transaction(note=note) as transaction:
        waiting = _waiting_unmerges()
        published = publish_into(transaction)
    LinkEvent.objects.filter(pk__in=waiting).update(settled=True)
    return published


def publish_into(transaction: Transaction) -> Published:
    """Bring the lake in line with the ledger inside a load's own transaction.

    Undone merges come first, then facts of merged members, home stores from first orders, and
    the member rows themselves. Whatever a lost commit took back, the next publishing does again.
    """
    with ledger.atomic():
        moved = sum(_give_back(transaction, event_id) for event_id in _waiting_unmerges())
        moved += follow_merges(transaction)
        assign_home_stores(transaction.snapshot())
        active = _ledger_rows()
        written = transaction.upsert("members", _member_rows(transaction, active)).written
        follow_profiles(transaction)
        removed = _remove_strangers(transaction, active)
    return Published(written, removed, moved)


def _waiting_unmerges() -> list[int]:
    waiting = LinkEvent.objects.filter(kind=LinkKind.UNMERGE, settled=False).order_by("pk")
    return list(waiting.values_list("pk", flat=True))


def _give_back(transaction: Transaction, event_id: int) -> int:
    event = LinkEvent.objects.select_related("undoes").get(pk=event_id)
    merge, owner_id = event.undoes, event.other_id
    if merge is None or owner_id is None:
        return 0
    holder_id = canonical([event.member_id])[event.member_id]
    count = give_back(transaction, merge, holder_id=holder_id, owner_id=owner_id)
    give_back_profile(transaction, merge, holder_id=holder_id, owner_id=owner_id)
    return count


def _member_rows(transaction: Transaction, active: pa.Table) -> ir.Table:
    """Return the ledger's active members in the shape of the lake's contract.

    Gender, birthday and source come from member lists: what the lake has of them stays.
    """
    held = transaction.snapshot().table("members")
    kept = held.select("member_id", "gender", "birth_date", held_source=held.source)
    joined = ibis.memtable(active).left_join(kept, "member_id")
    rows = joined.mutate(source=ibis.coalesce(joined.held_source, joined.source))
    return rows.select(*contract("members").column_names)


def _ledger_rows() -> pa.Table:
    active = Member.objects.filter(state=MemberState.ACTIVE).values_list(*_LEDGER_COLUMNS)
    columns = list(zip(*active.iterator(chunk_size=50_000), strict=True)) or [()] * 6
    table: dict[str, Any] = {
        name: pa.array(column, pa.timestamp("us", tz="UTC") if name == "joined_at" else pa.string())
        for name, column in zip(_LEDGER_COLUMNS, columns, strict=True)
    }
    for name in _TEXTS:
        empty = pc.equal(table[name], pa.scalar(""))
        table[name] = pc.if_else(empty, pa.scalar(None, pa.string()), table[name])
    zoned = table["joined_at"].cast(pa.timestamp("us", tz=settings.REGULARS_BRAND.zone))
    table["joined_on"] = pc.local_timestamp(zoned).cast(pa.date32(), safe=False)
    return pa.table(table)


def _remove_strangers(transaction: Transaction, active: pa.Table) -> int:
    """Remove rows of members who are not active in the ledger."""
    snapshot = transaction.snapshot()
    if not snapshot.has("members"):
        return 0
    held = snapshot.table("members").select("member_id").to_pyarrow()
    known = active.column("member_id").combine_chunks()
    strange = held.filter(pc.invert(pc.is_in(held.column("member_id"), known)))
    return transaction.remove("members", strange) if strange.num_rows else 0
