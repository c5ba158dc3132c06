"""Erase a member: identifiers destroyed, lake rows removed, an empty id left behind."""

from __future__ import annotations

from collections import Counter

from django.db import transaction as ledger
from django.db.models import Q
from django.utils import timezone

from regulars.apps.accounts.services import audit
from regulars.apps.accounts.types import Action, Actor
from regulars.apps.members import hooks
from regulars.apps.members.models import (
    Declared,
    Identifier,
    LinkEvent,
    Member,
    MergeReview,
    ServedProfile,
)
from regulars.apps.members.services.lake_side.outbox import note_changed
from regulars.apps.members.types import LinkKind, MemberState, ReviewState
from regulars.base.errors import IdentityError
from regulars.lake import Lake

_STEPS_MAX = 100


def erase_member(actor: Actor | None, lake: Lake, *, member_id: str) -> dict[str, int]:
    """Erase an active member with everybody merged into them; return lake rows removed per table.

    The ids stay as empty rows, so that no id is given twice. The caller asks whether the person
    may be erased. Lake files of older commits hold the rows until ``Lake.vacuum(keep_hours=0)``;
    what upper rooms made of the lake leaves the member out before this returns.

    Raises ``IdentityError`` when the member is not active.
    """
    removed: Counter[str] = Counter()
    with lake.transaction(note="erase a member") as transaction, ledger.atomic():
        member = Member.objects.select_for_update().filter(pk=member_id).first()
        if member is None or member.state != MemberState.ACTIVE:
            raise IdentityError("only an active member can be erased", where=member_id)
        ids = _with_merged(member_id)
        _empty_ledger(ids, actor_name=actor.username if actor else "")
        for erased_id in ids:
            removed.update(transaction.erase_member(erased_id))
            hooks.erased(erased_id)
        transaction.on_commit(hooks.erasure_committed)
        audit.record(
            actor,
            Action.ERASE,
            object_kind="member",
            object_id=member_id,
            detail={"rows": dict(removed), "ids": len(ids)},
        )
    return dict(removed)


def _with_merged(member_id: str) -> list[str]:
    ids, newest = [member_id], [member_id]
    for _step in range(_STEPS_MAX):
        newest = list(Member.objects.filter(merged_into__in=newest).values_list("pk", flat=True))
        if not newest:
            break
        ids += newest
    return ids


def _empty_ledger(ids: list[str], *, actor_name: str) -> None:
    now = timezone.now()
    Identifier.objects.filter(member__in=ids).delete()
    Declared.objects.filter(pk__in=ids).delete()
    ServedProfile.objects.filter(pk__in=ids).delete()
    theirs = Q(member__in=ids) | Q(other__in=ids)
    LinkEvent.objects.filter(theirs).update(
        key_hash=None, moved=None, facts=None, settled=True, source=""
    )
    MergeReview.objects.filter(Q(left__in=ids) | Q(right__in=ids)).update(key_hash=None)
    MergeReview.objects.filter(Q(left__in=ids) | Q(right__in=ids), state=ReviewState.OPEN).update(
        state=ReviewState.KEPT_APART, decided_at=now, decided_by=actor_name
    )
    Member.objects.filter(pk__in=ids).update(
        state=MemberState.ERASED, merged_into=None, home_store_id="", guide_id="",
        joined_at=None, joined_channel="", source="", name_hash=None, birth_date=None, gender="",
    )  # fmt: skip
    note_changed(ids)
    LinkEvent.objects.create(kind=LinkKind.ERASE, member_id=ids[0], actor_name=actor_name, at=now)
