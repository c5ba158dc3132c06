"""What the inbox need not remember for ever: quiet landings, and orders that landed long ago."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from regulars.apps.ingest.mapping import POSTED
from regulars.apps.ingest.models import LoadRun, PostedOrder
from regulars.apps.ingest.types import PostState, RunKind, RunState

RUNS_KEPT = 500
ORDER_DAYS = 90


def forget_quiet_landings(*, keep: int = RUNS_KEPT) -> int:
    """Delete all but the newest landings that refused nothing; return how many.

    There may be one every second, and the list of runs is for people.
    """
    quiet = LoadRun.objects.filter(
        mapping=POSTED, kind=RunKind.LOAD, state=RunState.DONE, rows_quarantined=0
    )
    edge = quiet.order_by("-pk").values_list("pk", flat=True)[keep : keep + 1].first()
    if edge is None:
        return 0
    old = list(quiet.filter(pk__lte=edge).values_list("pk", flat=True)[:keep])
    LoadRun.objects.filter(pk__in=old).delete()
    return len(old)


def forget_landed_orders(*, days: int = ORDER_DAYS) -> int:
    """Forget that orders were posted which landed ``days`` ago or earlier; return how many.

    Posted once more, such an order lands once more, and changes nothing in the lake.
    """
    old = PostedOrder.objects.filter(
        state=PostState.LANDED, landed_at__lte=timezone.now() - timedelta(days=days)
    )
    return old.delete()[0]
