"""Writes what resolving a load decided: members, merges, identifiers, links, reviews."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import numpy as np
import pyarrow as pa
from django.db import connection

from regulars.apps.accounts.services import vault
from regulars.apps.members.models import Identifier, LinkEvent, Member, MergeReview
from regulars.apps.members.rules.components import Ints
from regulars.apps.members.rules.graph import Refusal
from regulars.apps.members.rules.kinds import KIND_ORDER
from regulars.apps.members.services import merging
from regulars.apps.members.services.lake_side.outbox import note_changed
from regulars.apps.members.services.ledger_rows import chunks, database_time, insert_rows
from regulars.apps.members.services.resolution.decided import Decided
from regulars.apps.members.services.resolution.incoming import Incoming, Registrations
from regulars.apps.members.services.resolution.registering import (
    ASPECT_COLUMNS,
    Firsts,
    aspect_values,
    firsts,
    register_known,
    said_of_groups,
)
from regulars.apps.members.types import LinkKind, MemberState, ReviewState

_ACTIVE = MemberState.ACTIVE.value
# Nobody needs to be asked: a person decided it, or what is said of the two differs.
_CLEAR = frozenset({Refusal.KEPT_APART, Refusal.OTHER_PERSON})
# Beyond this many, further reviews about one identifier would tell nothing new.
_REVIEWS_PER_KEY_MAX = 20

_IDENTIFIER_COLUMNS = (
    "kind", "key_hash", "ciphertext", "key_id", "verified", "exclusive", "member_id", "source",
    "first_seen_at",
)  # fmt: skip
_MEMBER_COLUMNS = (
    "member_id", "home_store_id", "guide_id", "joined_at", "joined_channel", "joined_from_orders",
    "state", "source", "created_at", *ASPECT_COLUMNS,
)  # fmt: skip
_EVENT_COLUMNS = (
    "kind", "member_id", "key_kind", "key_hash", "settled", "source", "actor_name", "at",
)  # fmt: skip


def record(
    incoming: Incoming,
    decided: Decided,
    registrations: Registrations,
    *,
    source: str,
    now: datetime,
) -> None:
    """Write new members, merges, identifiers with their link events, and registrations."""
    first = firsts(registrations, decided)
    said = said_of_groups(incoming, decided)
    insert_rows(Member, _MEMBER_COLUMNS, _new_members(decided, first, said, source, now))
    note_changed(decided.member_ids[decided.created])
    merging.record_merges(decided.merges, source=source, actor_name="", now=now)
    _attach(incoming, *_owned(incoming, decided), exclusive=True, source=source, now=now)
    _attach(incoming, *_remembered(incoming, decided), exclusive=False, source=source, now=now)
    register_known(decided, first, said)


def open_reviews(incoming: Incoming, decided: Decided, *, source: str, now: datetime) -> int:
    """Open a review for every pair of members that was not joined, once; return how many."""
    asked: dict[tuple[str, str], tuple[Refusal, int]] = {}
    per_key: dict[int, int] = {}
    for link in decided.linked.refused:
        if link.why in _CLEAR or per_key.get(link.key, 0) >= _REVIEWS_PER_KEY_MAX:
            continue
        left, right = sorted(_member_of_node(decided, node) for node in (link.left, link.right))
        if left and right and left != right and (left, right) not in asked:
            asked[left, right] = (link.why, link.key)
            per_key[link.key] = per_key.get(link.key, 0) + 1
    if not asked:
        return 0
    known: set[tuple[str, str]] = set()
    for chunk in chunks(sorted({left for left, _right in asked})):
        pairs = MergeReview.objects.filter(left__in=chunk, state=ReviewState.OPEN)
        known.update(pairs.values_list("left_id", "right_id"))
    fresh = [
        MergeReview(
            reason=why.value, left_id=left, right_id=right,
            key_kind=KIND_ORDER[incoming.kind[key]], key_hash=incoming.hashes[key],
            source=source, opened_at=now,
        )
        for (left, right), (why, key) in asked.items()
        if (left, right) not in known
    ]  # fmt: skip
    MergeReview.objects.bulk_create(fresh, batch_size=500)
    return len(fresh)


def _new_members(
    decided: Decided, first: Firsts, said: Ints, source: str, now: datetime
) -> Iterator[tuple[Any, ...]]:
    created_at = database_time(now)
    order = np.argsort(decided.member_ids[decided.created])
    groups = decided.created[order]
    ids = decided.member_ids[groups].tolist()
    facts = zip(ids, first.of(groups), aspect_values(said[groups]), strict=True)
    for member_id, (store_id, joined_at, channel), aspects in facts:
        yield (
            member_id, store_id or "", "", joined_at, channel or "", joined_at is None,
            _ACTIVE, source, created_at, *aspects,
        )  # fmt: skip


def _owned(incoming: Incoming, decided: Decided) -> tuple[Ints, list[str]]:
    """Return new keys that join, and whose they become."""
    fresh = decided.holders.of_key < 0
    fresh[list(decided.linked.shared)] = False
    joined = np.zeros(len(fresh), dtype=np.bool_)
    joined[incoming.key[decided.joining]] = True
    keys = np.flatnonzero(fresh & joined)
    return keys, decided.member_ids[decided.linked.key_group[keys]].tolist()


def _remembered(incoming: Incoming, decided: Decided) -> tuple[Ints, list[str]]:
    """Return keys that members carry without owning them, without those remembered before."""
    row_group = decided.linked.row_group
    weak = np.flatnonzero(~decided.joining & (row_group[incoming.row] >= 0))
    groups = row_group[incoming.row[weak]]
    pairs = set(zip(incoming.key[weak].tolist(), decided.member_ids[groups].tolist(), strict=True))
    for link in decided.linked.refused:
        pairs |= {(link.key, _member_of_node(decided, node)) for node in (link.left, link.right)}
    owners = decided.member_ids[decided.linked.key_group]
    pairs = {(key, member_id) for key, member_id in pairs if member_id not in {"", owners[key]}}
    if pairs:
        pairs -= _known_pairs(incoming, pairs)
    ordered = sorted(pairs)
    keys = np.array([key for key, _member_id in ordered], dtype=np.int64)
    return keys, [member_id for _key, member_id in ordered]


def _known_pairs(incoming: Incoming, pairs: set[tuple[int, str]]) -> set[tuple[int, str]]:
    key_of = {
        (KIND_ORDER[incoming.kind[key]], incoming.hashes[key]): key for key, _member_id in pairs
    }
    known = set()
    for chunk in chunks(sorted({member_id for _key, member_id in pairs})):
        rows = Identifier.objects.filter(member__in=chunk)
        for kind, key_hash, member_id in rows.values_list("kind", "key_hash", "member_id"):
            key = key_of.get((kind, bytes(key_hash)))
            if key is not None:
                known.add((key, member_id))
    return known


def _attach(
    incoming: Incoming,
    keys: Ints,
    member_ids: list[str],
    *,
    exclusive: bool,
    source: str,
    now: datetime,
) -> None:
    """Seal the keys and insert them with their link events.

    Rows go in by the order of an index they go into, which makes large inserts much faster.
    """
    at = database_time(now)
    hashes = [incoming.hashes[key] for key in keys.tolist()]
    for position, kind in enumerate(KIND_ORDER):
        places = np.flatnonzero(incoming.kind[keys] == position).tolist()
        places.sort(key=hashes.__getitem__)
        for chunk in chunks(places):
            plain = incoming.values.take(pa.array(keys[chunk])).to_pylist()
            sealed = vault.seal_many(plain, kind)
            insert_rows(
                Identifier,
                _IDENTIFIER_COLUMNS,
                (
                    (
                        kind, hashes[place], box.ciphertext, box.key_id,
                        bool(incoming.verified[keys[place]]), exclusive, member_ids[place],
                        source, at,
                    )
                    for place, box in zip(chunk, sealed, strict=True)
                ),
                on_conflict=_on_conflict(exclusive=exclusive),
            )  # fmt: skip
    kinds = [KIND_ORDER[kind] for kind in incoming.kind[keys].tolist()]
    insert_rows(
        LinkEvent,
        _EVENT_COLUMNS,
        (
            (
                LinkKind.ATTACH.value, member_ids[place], kinds[place], hashes[place], True,
                source, "", at,
            )
            for place in sorted(range(len(keys)), key=member_ids.__getitem__)
        ),
    )  # fmt: skip


def _on_conflict(*, exclusive: bool) -> str:
    """Return what happens when the member already has the key: a remembered one becomes owned."""
    quote = connection.ops.quote_name
    target = ", ".join(quote(name) for name in ("member_id", "kind", "key_hash"))
    if not exclusive:
        return f"ON CONFLICT ({target}) DO NOTHING"
    taken = [quote(name) for name in ("exclusive", "verified")]
    sets = ", ".join(f"{name} = excluded.{name}" for name in taken)
    return f"ON CONFLICT ({target}) DO UPDATE SET {sets}"


def _member_of_node(decided: Decided, node: int) -> str:
    """Return the member of a node of a refused link: keys are numbered first, then members."""
    keys = len(decided.linked.key_group)
    group = (
        decided.linked.key_group[node] if node < keys else decided.linked.member_group[node - keys]
    )
    return str(decided.member_ids[group])
