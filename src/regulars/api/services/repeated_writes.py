"""Answers of writes that carried an Idempotency-Key: begun once, kept for a day, given again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from django.db import IntegrityError, transaction
from django.utils import timezone

from regulars.api.models import IdempotentAnswer
from regulars.apps.accounts.services import vault

KEPT = timedelta(hours=24)
# A write under way for longer than this has died with its process: it may be tried again.
UNDER_WAY_MAX = timedelta(seconds=60)
_PURPOSE = "api request"
Meeting = Literal["new", "again", "under_way", "other"]


@dataclass(frozen=True, slots=True)
class Begun:
    """What a write met: nothing, its own answer, itself under way, or another request's key."""

    meeting: Meeting
    answer_id: int
    status: int = 0
    body: bytes = b""
    location: str = ""


def begin_write(key_id: int, idempotency_key: str, request: bytes) -> Begun:
    """Claim the Idempotency-Key for this request, or say what holds it."""
    request_hash = vault.keyed_hash(request.hex(), _PURPOSE)
    now = timezone.now()
    mine = IdempotentAnswer.objects.filter(api_key=key_id, idempotency_key=idempotency_key)
    mine.filter(started_at__lt=now - KEPT).delete()
    try:
        with transaction.atomic():
            made = IdempotentAnswer.objects.create(
                api_key_id=key_id,
                idempotency_key=idempotency_key,
                request_hash=request_hash,
                started_at=now,
            )
    except IntegrityError:
        return _met(mine.filter(started_at__gte=now - KEPT).first(), request_hash)
    return Begun("new", made.pk)


def finish_write(begun: Begun, *, status: int, body: bytes, location: str) -> None:
    """Keep the answer for whoever sends the request again."""
    IdempotentAnswer.objects.filter(pk=begun.answer_id).update(
        status=status, body=body, location=location
    )


def give_up_write(begun: Begun) -> None:
    """Free the Idempotency-Key: the write was refused, and may be tried again."""
    IdempotentAnswer.objects.filter(pk=begun.answer_id, status__isnull=True).delete()


def forget_old_answers() -> int:
    """Delete the answers of more than a day ago; return how many."""
    return IdempotentAnswer.objects.filter(started_at__lt=timezone.now() - KEPT).delete()[0]


def _met(held: IdempotentAnswer | None, request_hash: str) -> Begun:
    if held is None:
        return Begun("under_way", 0)
    if held.request_hash != request_hash:
        return Begun("other", held.pk)
    if held.status is not None:
        return Begun("again", held.pk, held.status, bytes(held.body), held.location)
    now = timezone.now()
    taken = IdempotentAnswer.objects.filter(
        pk=held.pk, status__isnull=True, started_at__lt=now - UNDER_WAY_MAX
    ).update(started_at=now)
    return Begun("new" if taken else "under_way", held.pk)
