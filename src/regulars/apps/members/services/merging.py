"""Merges in the ledger: what moves, and the record that lets it move back exactly."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import Q

from regulars.apps.members import hooks
from regulars.apps.members.hooks import Joined
from regulars.apps.members.models import Identifier, LinkEvent, Member, MergeReview
from regulars.apps.members.services.lake_side.outbox import note_changed
from regulars.apps.members.services.ledger_rows import chunks
from regulars.apps.members.services.standing import canonical
from regulars.apps.members.types import LinkKind, MemberState, ReviewState

# What a survivor takes over from the merged member where its own is unknown.
TAKEN_OVER = (
    "home_store_id", "guide_id", "joined_at", "joined_channel", "name_hash", "birth_date", "gender",
)  # fmt: skip
_MOMENTS: dict[str, Callable[[str], date]] = {
    "joined_at": datetime.fromisoformat,
    "birth_date": date.fromisoformat,
}
_BATCH = 500


def record_merges(
    merges: Sequence[tuple[str, str]], *, source: str, actor_name: str, now: datetime
) -> list[Joined]:
    """Merge each first member into its second; all are active, and no survivor is merged here.

    Identifiers move, the survivor's unknown fields are filled, open reviews between the two are
    answered, and the hooks of upper rooms run. The lake follows with the next ``publish``.
    """
    if not merges:
        return []
    survivor_of = dict(merges)
    members = _members({*survivor_of, *survivor_of.values()})
    moved = _move_identifiers(survivor_of)
    events = []
    for merged_id, survivor_id in merges:
        merged, survivor = members[merged_id], members[survivor_id]
        before = plain_fields(survivor)
        if survivor.joined_at is None and merged.joined_at is not None:
            survivor.joined_from_orders = merged.joined_from_orders
        for name in TAKEN_OVER:
            if not getattr(survivor, name):
                setattr(survivor, name, getattr(merged, name))
        merged.state = MemberState.MERGED
        merged.merged_into = survivor
        events.append(
            LinkEvent(
                kind=LinkKind.MERGE, member_id=survivor_id, other_id=merged_id,
                moved={
                    "identifiers": moved.ids[merged_id],
                    "doubled": moved.doubled[merged_id],
                    "before": before,
                    "after": plain_fields(survivor),
                },
                source=source, actor_name=actor_name, at=now,
            )
        )  # fmt: skip
    fields = [*TAKEN_OVER, "joined_from_orders", "state", "merged_into"]
    Member.objects.bulk_update(members.values(), fields, batch_size=_BATCH)
    note_changed(members)
    created = LinkEvent.objects.bulk_create(events, batch_size=_BATCH)
    _answer_reviews(survivor_of, now=now, actor_name=actor_name)
    joined = [
        Joined(event.pk, merged_id, survivor_id)
        for event, (merged_id, survivor_id) in zip(created, merges, strict=True)
    ]
    hooks.merged(joined)
    return joined


def _members(member_ids: Iterable[str]) -> dict[str, Member]:
    return {
        member.pk: member
        for chunk in chunks(sorted(set(member_ids)))
        for member in Member.objects.filter(pk__in=chunk)
    }


def plain_fields(member: Member) -> dict[str, Any]:
    """Return the fields a merge may fill, as JSON takes them."""
    fields = {name: getattr(member, name) for name in (*TAKEN_OVER, "joined_from_orders")}
    return {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in fields.items()
    }


def from_plain(name: str, value: Any) -> Any:
    """Return a value of ``plain_fields`` as the member holds it."""
    return _MOMENTS[name](value) if name in _MOMENTS and value is not None else value


@dataclass(frozen=True, slots=True)
class _Moved:
    """Per merged member: ids of identifiers that moved, and remembered ones that made room."""

    ids: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    doubled: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))


def _move_identifiers(survivor_of: Mapping[str, str]) -> _Moved:
    """Give the merged members' identifiers to the survivors.

    There is one row per member and key. A key that the survivor only remembered makes room for
    the row of the member who owned it; a second remembered row stays behind.
    """
    owners = {*survivor_of, *survivor_of.values()}
    rows = [
        row
        for chunk in chunks(sorted(owners))
        for row in Identifier.objects.filter(member__in=chunk).defer("ciphertext")
    ]
    held = {(row.member_id, row.kind, bytes(row.key_hash)): row for row in rows}
    moved = _Moved()
    changed, dropped = [], []
    # Owned keys go first, so that one never stays behind for the sake of a remembered one.
    for row in sorted(rows, key=lambda row: not row.exclusive):
        merged_id, survivor_id = row.member_id, survivor_of.get(row.member_id)
        if survivor_id is None:
            continue
        place = (survivor_id, row.kind, bytes(row.key_hash))
        there = held.get(place)
        if there is not None and not row.exclusive:
            continue
        if there is not None:
            dropped.append(there.pk)
            moved.doubled[merged_id].append(
                {
                    "identifier": row.pk, "verified": there.verified, "source": there.source,
                    "first_seen_at": there.first_seen_at.isoformat(),
                }
            )  # fmt: skip
        held[place] = row
        moved.ids[merged_id].append(row.pk)
        row.member_id = survivor_id
        changed.append(row)
    for chunk in chunks(dropped):
        Identifier.objects.filter(pk__in=chunk).delete()
    Identifier.objects.bulk_update(changed, ["member"], batch_size=_BATCH)
    return moved


def _answer_reviews(survivor_of: Mapping[str, str], *, now: datetime, actor_name: str) -> None:
    """Close open reviews whose two members are one by now."""
    for chunk in chunks(sorted(survivor_of)):
        open_reviews = list(
            MergeReview.objects.filter(state=ReviewState.OPEN).filter(
                Q(left__in=chunk) | Q(right__in=chunk)
            )
        )
        standing = canonical(
            member_id for review in open_reviews for member_id in (review.left_id, review.right_id)
        )
        answered = [
            review.pk
            for review in open_reviews
            if standing[review.left_id] == standing[review.right_id]
        ]
        MergeReview.objects.filter(pk__in=answered).update(
            state=ReviewState.MERGED, decided_at=now, decided_by=actor_name
        )
