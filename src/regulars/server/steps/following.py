"""The worker's step that keeps features and tags in line with the facts, seconds after a commit."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from regulars.apps.tags.services import keep_up
from regulars.base.errors import LakeBusyError, RegularsError
from regulars.lake import Lake, Snapshot
from regulars.lake.storage.manifest import Manifest
from regulars.server.measures import brand_producers

# Somewhere on Earth it is tomorrow already.
_EASTERNMOST = timedelta(hours=14)
# Landings may come twice a second: half of one core's time is theirs and everybody else's.
_RESTS_PER_WORK = 1.0


class Follower:
    """Follows what commits say of members; in memory it knows how far, and after a start nothing.

    So it can die at any point: what counts stands in the lake, beside the rows it computed.
    """

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._rests_until = 0.0
        self._seen: Manifest | None = None
        self._followed = 0

    def is_behind(self) -> bool:
        """Whether facts of members have changed since the last time, and it has had its rest."""
        if self._clock() < self._rests_until:
            return False
        with Lake(settings.REGULARS_LAKE).snapshot() as snapshot:
            if snapshot.manifest == self._seen:
                return False
            if _newest_change(snapshot) > self._followed:
                return True
            self._seen = snapshot.manifest
            return False

    def follow(self) -> bool:
        """Decide all whom commits have touched; never says that more waits.

        Raises:
            RegularsError: A producer or tag failed; the others are written, and it is tried again.
        """
        began, lake = self._clock(), Lake(settings.REGULARS_LAKE)
        with lake.snapshot() as snapshot:
            change = _newest_change(snapshot)
        today = (timezone.now() + _EASTERNMOST).date()
        try:
            done = keep_up(lake, producers=brand_producers(), today=today)
        except LakeBusyError:
            return False  # somebody refreshes by hand, or writes for long: later
        finally:
            now = self._clock()
            self._rests_until = now + _RESTS_PER_WORK * (now - began)
        failed = [f"{name}: {error}" for name, error in done.errors()] if done is not None else []
        if failed:
            raise RegularsError("; ".join(failed), where="features and tags")
        self._followed = change
        return False


def _newest_change(snapshot: Snapshot) -> int:
    newest: int | None = snapshot.table("member_changes")["sequence"].max().to_pyarrow().as_py()
    return newest or 0
