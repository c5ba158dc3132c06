"""Merge and unmerge by hand: checked, audited, and in the lake before the call returns."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction as ledger
from django.utils import timezone

from regulars.apps.accounts.services import audit
from regulars.apps.accounts.services.access import require
from regulars.apps.accounts.types import Action, Actor, Capability
from regulars.apps.members import hooks
from regulars.apps.members.hooks import Parted
from regulars.apps.members.models import Identifier, LinkEvent, Member, MergeReview
from regulars.apps.members.services.lake_side.outbox import note_changed
from regulars.apps.members.services.lake_side.publishing import publish
from regulars.apps.members.services.merging import from_plain, plain_fields, record_merges
from regulars.apps.members.services.standing import canonical
from regulars.apps.members.types import LinkKind, MemberState, ReviewReason, ReviewState
from regulars.base.errors import IdentityError, NotVisibleError
from regulars.lake import Lake

BY_HAND = "by hand"


def merge_members(actor: Actor, lake: Lake, *, member_id: str, other_id: str) -> str:
    """Make two active members one and return the survivor: whoever joined first.

    Limits do not stop a person. Raises ``RefusedError`` for an actor who may not decide, and
    ``IdentityError`` when one of the two is not active or both are the same.
    """
    require(actor, Capability.REVIEW_IDENTITY)
    with ledger.atomic():
        survivor_id = merge_in_ledger(actor, member_id=member_id, other_id=other_id)
    publish(lake, note="merge by hand")
    return survivor_id


def unmerge_members(actor: Actor, lake: Lake, *, event_id: int) -> str:
    """Undo one merge and return the member that lives again.

    Identifiers, fields and facts that the merge moved go back; what came later stays with the
    survivor. The two are kept apart from then on, until a person merges them. Raises
    ``RefusedError``, ``NotVisibleError`` for an unknown merge, ``IdentityError`` for one that is
    undone already.
    """
    require(actor, Capability.REVIEW_IDENTITY)
    with ledger.atomic():
        restored_id = _unmerge_in_ledger(actor, event_id)
    publish(lake, note="unmerge by hand")
    return restored_id


def merge_in_ledger(actor: Actor, *, member_id: str, other_id: str) -> str:
    """Merge two active members in the ledger only, and audit it; return the survivor."""
    found = Member.objects.select_for_update().filter(pk__in={member_id, other_id})
    members = [member for member in found if member.state == MemberState.ACTIVE]
    if len(members) != 2:
        raise IdentityError(
            "only two different active members can be merged",
            where=f"{member_id}, {other_id}",
            fix="Look up who stands for them today",
        )
    survivor, merged = sorted(members, key=_seniority)
    now = timezone.now()
    joined = record_merges(
        [(merged.pk, survivor.pk)], source=BY_HAND, actor_name=actor.username, now=now
    )
    MergeReview.objects.filter(
        state=ReviewState.KEPT_APART,
        left__in=[merged.pk, survivor.pk],
        right__in=[merged.pk, survivor.pk],
    ).update(state=ReviewState.MERGED, decided_at=now, decided_by=actor.username)
    audit.record(
        actor,
        Action.MERGE,
        object_kind="member",
        object_id=survivor.pk,
        detail={"merged": merged.pk, "event": joined[0].event_id},
    )
    return survivor.pk


def _unmerge_in_ledger(actor: Actor, event_id: int) -> str:
    merge = (
        LinkEvent.objects.select_related("member", "other")
        .filter(pk=event_id, kind=LinkKind.MERGE)
        .first()
    )
    if merge is None or merge.other is None:
        raise NotVisibleError("there is no such merge", where=f"event {event_id}")
    survivor, restored = merge.member, merge.other
    undone = LinkEvent.objects.filter(undoes=merge).exists()
    if undone or restored.state != MemberState.MERGED or merge.moved is None:
        raise IdentityError("this merge is undone or erased already", where=f"event {event_id}")
    now = timezone.now()
    holder_id = canonical([survivor.pk])[survivor.pk]
    restored.state, restored.merged_into = MemberState.ACTIVE, None
    restored.save(update_fields=["state", "merged_into"])
    _restore_fields(survivor, merge.moved)
    _restore_identifiers(merge.moved, holder_id=holder_id, restored_id=restored.pk)
    note_changed([survivor.pk, restored.pk])
    LinkEvent.objects.create(
        kind=LinkKind.UNMERGE, member=survivor, other=restored, undoes=merge, settled=False,
        source=BY_HAND, actor_name=actor.username, at=now,
    )  # fmt: skip
    left_id, right_id = sorted([holder_id, restored.pk])
    MergeReview.objects.create(
        reason=ReviewReason.BY_HAND, left_id=left_id, right_id=right_id,
        state=ReviewState.KEPT_APART, source=BY_HAND, opened_at=now, decided_at=now,
        decided_by=actor.username,
    )  # fmt: skip
    hooks.unmerged(Parted(merge.pk, restored.pk, holder_id))
    audit.record(
        actor,
        Action.UNMERGE,
        object_kind="member",
        object_id=restored.pk,
        detail={"from": holder_id, "event": merge.pk},
    )
    return restored.pk


def _restore_fields(survivor: Member, moved: dict[str, Any]) -> None:
    """Empty again what the merge filled, unless it was changed since."""
    before, after = moved["before"], moved["after"]
    now = plain_fields(survivor)
    fields = [name for name in before if before[name] != after[name]]
    for name in fields:
        if now[name] == after[name]:
            setattr(survivor, name, from_plain(name, before[name]))
    survivor.save(update_fields=fields)


def _restore_identifiers(moved: dict[str, Any], *, holder_id: str, restored_id: str) -> None:
    doubled = {kept["identifier"]: kept for kept in moved["doubled"]}
    theirs = Identifier.objects.filter(pk__in=moved["identifiers"], member=holder_id)
    again = []
    for row in theirs:
        kept = doubled.get(row.pk)
        if kept is not None:
            again.append(
                Identifier(
                    kind=row.kind, key_hash=row.key_hash, ciphertext=row.ciphertext,
                    key_id=row.key_id, verified=kept["verified"], exclusive=False,
                    member_id=holder_id, source=kept["source"],
                    first_seen_at=datetime.fromisoformat(kept["first_seen_at"]),
                )
            )  # fmt: skip
    theirs.update(member=restored_id)
    Identifier.objects.bulk_create(again, batch_size=500)


def _seniority(member: Member) -> tuple[bool, datetime, datetime, str]:
    return (
        member.joined_at is None,
        member.joined_at or member.created_at,
        member.created_at,
        member.pk,
    )
