"""The store, channel and guide of members nobody registered with one.

A member whom only orders tell of joined with the first of them: that order's store is the home
store (S0-39), its channel the channel of joining. An earlier order that arrives late moves all
three; a registration, once known, is never overwritten.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Mapping, Sequence

import ibis
import ibis.expr.types as ir
import pyarrow as pa
from django.db import transaction as ledger

from regulars.apps.members.models import Member
from regulars.apps.members.services.ledger_rows import CHUNK, chunks, database_time, update_rows
from regulars.apps.members.types import MemberState
from regulars.lake import Snapshot

_HELD = ("member_id", "home_store_id", "joined_channel", "joined_at")


def assign_home_stores(snapshot: Snapshot) -> int:
    """Give members without a registration the store, channel and time of their first order.

    Returns how many members changed. Ties of time go to the smaller order id.
    """
    waiting = Member.objects.filter(state=MemberState.ACTIVE, joined_from_orders=True)
    if not snapshot.has("orders") or not waiting.exists():
        return 0
    held = ibis.memtable(_table(waiting.values_list(*_HELD).iterator(chunk_size=CHUNK)))
    first = _first_orders(snapshot.table("orders"))
    joined = held.inner_join(first, "member_id")
    same = (
        (joined.home_store_id == joined.store_id)
        & (joined.joined_channel == joined.channel)
        & joined.joined_at.identical_to(joined.ordered_at)
    )
    differing = joined.filter(~same).select("store_id", "channel", "ordered_at", "member_id")
    changed = snapshot.connection.to_pyarrow(differing).to_pydict()
    rows = zip(
        changed["store_id"],
        changed["channel"],
        map(database_time, changed["ordered_at"]),
        changed["member_id"],
        strict=True,
    )
    update_rows(Member, _HELD[1:], rows)
    return len(changed["member_id"])


def _first_orders(orders: ir.Table) -> ir.Table:
    """Return store_id, channel and ordered_at of each member's first order."""
    known = orders.filter(orders.member_id.notnull())
    earliest = known.group_by("member_id").agg(ordered_at=known.ordered_at.min())
    at_once = known.semi_join(earliest, ["member_id", "ordered_at"])
    first = at_once.group_by("member_id").agg(order_id=at_once.order_id.min())
    return known.semi_join(first, ["member_id", "order_id"]).select(
        "member_id", "store_id", "channel", "ordered_at"
    )


def _table(rows: Iterable[tuple[object, ...]]) -> pa.Table:
    columns = list(zip(*rows, strict=True)) or [()] * len(_HELD)
    moment = pa.timestamp("us", tz="UTC")
    return pa.table(
        {
            name: pa.array(column, moment if name == "joined_at" else pa.string())
            for name, column in zip(_HELD, columns, strict=True)
        }
    )


def assign_guides(guides_of_store: Mapping[str, Sequence[str]]) -> int:
    """Share the members of each store who have no guide among the store's guides.

    A member always falls to the same one of the same guides. Returns how many got a guide;
    publish afterwards.
    """
    changed: list[tuple[str, str]] = []
    waiting = Member.objects.filter(state=MemberState.ACTIVE, guide_id="")
    for stores in chunks(sorted(store for store, guides in guides_of_store.items() if guides)):
        theirs = waiting.filter(home_store_id__in=stores).values_list("pk", "home_store_id")
        for member_id, store_id in theirs.iterator(chunk_size=CHUNK):
            guides = sorted(guides_of_store[store_id])
            changed.append((guides[zlib.crc32(member_id.encode()) % len(guides)], member_id))
    with ledger.atomic():
        update_rows(Member, ["guide_id"], changed)
    return len(changed)
