"""The store, channel and guide of members nobody registered with one.

A member whom only orders tell of joined with the first of them: that order's store is the home
store (S0-39), its channel the channel of joining. An earlier order that arrives late moves all
three; a registration, once known, is never overwritten.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence

from regulars.apps.members.models import Member
from regulars.apps.members.services.ledger_rows import CHUNK, chunks
from regulars.apps.members.types import MemberState
from regulars.lake import Snapshot

_FIELDS = ["home_store_id", "joined_channel", "joined_at"]


def assign_home_stores(snapshot: Snapshot) -> int:
    """Give members without a registration the store, channel and time of their first order.

    Returns how many members changed. Ties of time go to the smaller order id.
    """
    waiting = Member.objects.filter(state=MemberState.ACTIVE, joined_from_orders=True)
    if not snapshot.has("orders") or not waiting.exists():
        return 0
    orders = snapshot.table("orders")
    known = orders.filter(orders.member_id.notnull())
    firsts = (
        known.order_by(["member_id", "ordered_at", "order_id"])
        .distinct(on="member_id", keep="first")
        .select("member_id", "store_id", "channel", "ordered_at")
    )
    first_of = {
        member_id: (store_id, channel, ordered_at)
        for member_id, store_id, channel, ordered_at in zip(
            *snapshot.connection.to_pyarrow(firsts).to_pydict().values(), strict=True
        )
    }
    changed = []
    for member in waiting.only(*_FIELDS).iterator(chunk_size=CHUNK):
        first = first_of.get(member.pk)
        if first is None:
            continue
        if (member.home_store_id, member.joined_channel, member.joined_at) != first:
            member.home_store_id, member.joined_channel, member.joined_at = first
            changed.append(member)
    Member.objects.bulk_update(changed, _FIELDS, batch_size=300)
    return len(changed)


def assign_guides(guides_of_store: Mapping[str, Sequence[str]]) -> int:
    """Share the members of each store who have no guide among the store's guides.

    A member always falls to the same one of the same guides. Returns how many got a guide;
    publish afterwards.
    """
    changed = []
    waiting = Member.objects.filter(state=MemberState.ACTIVE, guide_id="")
    for stores in chunks(sorted(store for store, guides in guides_of_store.items() if guides)):
        for member in waiting.filter(home_store_id__in=stores).only("home_store_id"):
            guides = sorted(guides_of_store[member.home_store_id])
            member.guide_id = guides[zlib.crc32(member.pk.encode()) % len(guides)]
            changed.append(member)
    Member.objects.bulk_update(changed, ["guide_id"], batch_size=300)
    return len(changed)
