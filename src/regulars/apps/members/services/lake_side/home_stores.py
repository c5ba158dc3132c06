"""The store, channel and guide of members nobody registered with one.

A member whom only orders tell of joined with the first of them: that order's store is the home
store (S0-39), its channel the channel of joining. An earlier order that arrives late moves all
three; a registration, once known, is never overwritten.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from datetime import datetime

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.compute as pc
from django.db import transaction as ledger

from regulars.apps.members.models import Member
from regulars.apps.members.services.lake_side.ledger_side import members_from_orders
from regulars.apps.members.services.lake_side.outbox import note_changed
from regulars.apps.members.services.ledger_rows import CHUNK, chunks, database_time, update_rows
from regulars.apps.members.types import MemberState
from regulars.lake import Snapshot


def assign_home_stores(
    snapshot: Snapshot,
    members: pa.Array[pa.StringScalar] | None = None,
    *,
    since: datetime | None = None,
) -> int:
    """Give members without a registration the store, channel and time of their first order.

    Only ``members`` are looked at when given: those whose orders changed. ``since`` says that no
    order before it changed since everybody's first was found: who joined earlier stays, and of who
    joined later earlier orders need not be read. Returns how many changed. Ties of time go to the
    smaller order id.
    """
    if not snapshot.has("orders") or (members is not None and not len(members)):
        return 0
    waiting = members_from_orders(members, since=since)
    unknown = pc.is_null(waiting["joined_at"])
    orders = snapshot.table("orders")
    if since is None or pc.all(unknown).as_py():
        return _assign(snapshot, waiting, orders)
    recent = orders.filter(orders.ordered_at >= ibis.literal(since))
    count = _assign(snapshot, waiting.filter(pc.invert(unknown)), recent)
    return count + _assign(snapshot, waiting.filter(unknown), orders)


def _assign(snapshot: Snapshot, waiting: pa.Table, orders: ir.Table) -> int:
    if not waiting.num_rows:
        return 0
    held = ibis.memtable(waiting)
    first = _first_orders(orders.semi_join(held, "member_id"))
    joined = held.inner_join(first, "member_id")
    same = (
        joined.home_store_id.identical_to(joined.store_id)
        & joined.joined_channel.identical_to(joined.channel)
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
    update_rows(Member, ["home_store_id", "joined_channel", "joined_at"], rows)
    note_changed(changed["member_id"])
    return len(changed["member_id"])


def _first_orders(orders: ir.Table) -> ir.Table:
    """Return store_id, channel and ordered_at of each member's first order, in one reading."""
    known = orders.filter(orders.member_id.notnull())
    order = ibis.struct({"at": known.ordered_at, "order_id": known.order_id})
    said = ibis.struct(
        {"store_id": known.store_id, "channel": known.channel, "ordered_at": known.ordered_at}
    )
    return known.group_by("member_id").agg(first=said.argmin(order)).unpack("first")


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
        note_changed(member_id for _guide, member_id in changed)
    return len(changed)
