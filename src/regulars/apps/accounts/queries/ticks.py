"""How the worker's steps go."""

from __future__ import annotations

from regulars.apps.accounts.models import Tick
from regulars.apps.accounts.types import TickState


def failing_ticks(*, failures_min: int = 1) -> tuple[TickState, ...]:
    """Return the steps that failed the last ``failures_min`` times or more, by name."""
    return tuple(
        TickState(
            name=tick.name,
            finished_at=tick.finished_at,
            failures=tick.failures,
            failing_since=tick.failing_since,
            error=tick.error,
        )
        for tick in Tick.objects.filter(failures__gte=failures_min).order_by("name")
    )
