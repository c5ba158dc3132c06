"""The lake's members and facts, brought in line with the ledger.

The ledger decides who is who; the lake follows. What publishing reads and writes follows the
members that changed since the last commit it got through (``outbox``), not all members. It
compares and writes differences only, so it can run after every load, again after a failure, and
at any time in between.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.compute as pc
from django.db import transaction as ledger

from regulars.apps.members.models import LinkEvent
from regulars.apps.members.services.lake_side import ledger_side, outbox
from regulars.apps.members.services.lake_side.home_stores import assign_home_stores
from regulars.apps.members.services.lake_side.moved_facts import follow_merges, give_back
from regulars.apps.members.services.lake_side.moved_profiles import (
    follow_profiles,
    give_back_profile,
)
from regulars.apps.members.services.standing import canonical
from regulars.apps.members.types import LinkKind, MemberState
from regulars.lake import Lake, Snapshot, Transaction
from regulars.lake.contracts import contract


@dataclass(frozen=True, slots=True)
class Published:
    """What publishing changed: member rows written and removed, facts given to another member."""

    written: int
    removed: int
    facts_moved: int


def publish(lake: Lake, *, note: str = "publish members", everything: bool = False) -> Published:
    """Bring the lake in line with the ledger in a commit of its own.

    ``everything`` compares all members and facts, whatever the outbox says: for a lake that was
    put back from elsewhere, and once a night to be sure.
    """
    with lake.transaction(note=note) as transaction:
        return publish_into(transaction, everything=everything)


def publish_into(transaction: Transaction, *, everything: bool = False) -> Published:
    """Bring the lake in line with the ledger inside a load's own transaction.

    Undone merges come first, then facts of merged members, home stores from first orders, and
    the member rows themselves. Whatever a lost commit took back, the next publishing does again.
    """
    with ledger.atomic():
        facts = _members_with_new_facts(transaction, everything=everything)
        return _published(transaction, facts, _merged_with_news(facts), waiting=[])


def publish_news_into(transaction: Transaction) -> Published:
    """``publish_into``, but the lake goes on to show members who were merged as it did.

    Their facts lie in any month, and to move them takes as long as a large load. So what the
    transaction brings is seen first; the merges stay in the outbox for the next publishing.
    """
    with ledger.atomic():
        facts = _members_with_new_facts(transaction, everything=False)
        merged = _merged_with_news(facts)
        if facts is None:
            # A lake without members, or one put back from elsewhere: nothing to hold it up for.
            return _published(transaction, facts, merged, waiting=[])
        return _published(transaction, facts, [], waiting=merged)


def _published(
    transaction: Transaction,
    facts: pa.Array[pa.StringScalar] | None,
    merged: list[str],
    *,
    waiting: list[str],
) -> Published:
    """Follow the ledger, but for the merged members in ``waiting``, who are announced anew."""
    unmerges = _waiting_unmerges()
    moved = sum(_give_back(transaction, event_id) for event_id in unmerges)
    moved += follow_merges(transaction, merged)
    if facts is not None:
        # A survivor's first order may be one that the merge gave to them.
        facts = pc.unique(pa.chunked_array([facts, transaction.members_with_facts()], pa.string()))
    since = _first_changed_order(transaction, everything=facts is None)
    assign_home_stores(transaction.snapshot(), facts, since=since)
    notes = outbox.found_notes()
    outbox.note_changed(waiting)
    changed = ledger_side.member_rows(None if facts is None else notes.newest)
    active = changed.filter(pc.equal(changed.column("state"), MemberState.ACTIVE.value))
    written = _write(transaction, active)
    follow_profiles(transaction, merged)
    going = changed.filter(
        pc.invert(pc.is_in(changed.column("member_id"), pa.array(waiting, pa.string())))
    )
    removed = _remove(transaction, going, everything=facts is None)
    fact_writes = transaction.fact_writes

    def settle() -> None:
        # Facts that were written after this point of the transaction wait for the next time.
        seen_all = transaction.fact_writes == fact_writes
        with ledger.atomic():
            outbox.drop(notes)
            outbox.follow(transaction.sequence if seen_all else transaction.sequence - 1)
            LinkEvent.objects.filter(pk__in=unmerges).update(settled=True)

    transaction.on_commit(settle)
    return Published(written, removed, moved)


def announce_into(transaction: Transaction) -> int:
    """Write the active members that changed; return how many rows differ.

    So that no fact names a member the lake does not know. Nothing is dropped from the outbox:
    merges, home stores and members that go wait for the next publishing, and until then the lake
    shows a merged member as it was.
    """
    with ledger.atomic():
        notes = outbox.found_notes()
        if not len(notes.ids):
            return 0
        changed = ledger_side.member_rows(notes.newest)
        active = changed.filter(pc.equal(changed.column("state"), MemberState.ACTIVE.value))
        return _write(transaction, active)


def _members_with_new_facts(
    transaction: Transaction, *, everything: bool
) -> pa.Array[pa.StringScalar] | None:
    """Return whose facts changed since publishing last got through; None: look at all."""
    since, before = outbox.followed_commit(), transaction.sequence - 1
    snapshot = transaction.snapshot()
    if everything or not snapshot.has("members") or since > before:
        return None
    members = transaction.members_with_facts()
    if since < before:
        others = snapshot.connection.to_pyarrow(snapshot.changed_members(since))
        both = pa.chunked_array([members, *others.column("member_id").chunks], pa.string())
        members = pc.unique(both)
    return members


def _first_changed_order(transaction: Transaction, *, everything: bool) -> datetime | None:
    """Return the moment before which no order changed since publishing last got through."""
    if everything or outbox.followed_commit() != transaction.sequence - 1:
        return None
    moment: datetime | None = transaction.smallest_changed("orders", "ordered_at")
    return moment


def waiting_merges() -> list[str]:
    """Return the merged members whose facts the lake has not given to their survivors."""
    return ledger_side.merged_members(unpublished=True)


def _merged_with_news(facts: pa.Array[pa.StringScalar] | None) -> list[str]:
    """Return merged members whom the lake may still name: merged lately, or named by new facts."""
    if facts is None:
        return ledger_side.merged_members()
    merged = set(waiting_merges())
    if len(facts):
        known = pa.array(ledger_side.merged_members(), pa.string())
        merged.update(known.filter(pc.is_in(known, facts)).to_pylist())
    return sorted(merged)


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


def _write(transaction: Transaction, active: pa.Table) -> int:
    if not active.num_rows:
        return 0
    return transaction.upsert("members", _in_contract(transaction.snapshot(), active)).written


def _in_contract(snapshot: Snapshot, active: pa.Table) -> ir.Table:
    """Return the ledger's active members in the shape of the lake's contract.

    Gender, birthday and source come from member lists: what the lake has of them stays.
    """
    held = snapshot.table("members")
    kept = held.select("member_id", "gender", "birth_date", held_source=held.source)
    joined = ibis.memtable(active).left_join(kept, "member_id")
    rows = joined.mutate(source=ibis.coalesce(joined.held_source, joined.source))
    return rows.select(*contract("members").column_names)


def _remove(transaction: Transaction, changed: pa.Table, *, everything: bool) -> int:
    """Remove rows of members who are no longer active; of all who are not, when asked for all."""
    snapshot = transaction.snapshot()
    if not snapshot.has("members"):
        return 0
    ids = changed.select(["member_id"])
    if everything:
        held = snapshot.table("members").select("member_id").to_pyarrow()
        active = changed.column("member_id").combine_chunks()
        strange = held.filter(pc.invert(pc.is_in(held.column("member_id"), active)))
    else:
        strange = ids.filter(pc.not_equal(changed.column("state"), MemberState.ACTIVE.value))
    return transaction.remove("members", strange) if strange.num_rows else 0
