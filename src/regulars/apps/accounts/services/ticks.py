"""Who takes a step of the worker now: claimed by a conditional update, with an end by the clock."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils import timezone

from regulars.apps.accounts.models import Tick

LEASE = timedelta(minutes=2)
WAIT_MAX = timedelta(minutes=1)


def claim_tick(name: str, *, holder: str) -> bool:
    """Take the step for this worker; False when another has it or it waits after a failure."""
    now = timezone.now()
    free = Q(held_until__isnull=True) | Q(held_until__lte=now)
    mine = Tick.objects.filter(free, name=name, next_at__lte=now).update(
        holder=holder, held_until=now + LEASE
    )
    if mine or Tick.objects.filter(name=name).exists():
        return bool(mine)
    made = Tick(name=name, holder=holder, held_until=now + LEASE, next_at=now)
    Tick.objects.bulk_create([made], ignore_conflicts=True)
    return Tick.objects.filter(name=name, holder=holder).exists()


def tick_succeeded(name: str, *, holder: str) -> None:
    """Give the step free again; whatever failed before is over."""
    now = timezone.now()
    Tick.objects.filter(name=name, holder=holder).update(
        held_until=None, finished_at=now, next_at=now, failures=0, failing_since=None, error=""
    )


def tick_failed(name: str, error: str, *, holder: str) -> None:
    """Give the step free after a pause that doubles with every failure in a row."""
    now = timezone.now()
    held = Tick.objects.filter(name=name, holder=holder)
    failures = held.values_list("failures", flat=True).first() or 0
    pause = min(timedelta(seconds=2.0 ** min(failures, 10)), WAIT_MAX)
    held.update(
        held_until=None,
        next_at=now + pause,
        failures=F("failures") + 1,
        failing_since=Coalesce("failing_since", now),
        error=error,
    )
