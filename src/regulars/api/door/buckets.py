"""How many requests a key may still send: a token bucket per key, in this process.

A bucket holds a minute's worth and fills evenly, so a quiet key may send that many at once. With
several web processes each counts for itself.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock

BUCKETS_MAX = 10_000


@dataclass(frozen=True, slots=True)
class Left:
    """What a request met: whether it may pass, how many more may, and when the next one may."""

    passes: bool
    remaining: int
    wait_seconds: int

    def headers(self, rate_per_minute: int) -> dict[str, str]:
        """Return the header fields of draft-ietf-httpapi-ratelimit-headers."""
        return {
            "RateLimit-Policy": f'"key";q={rate_per_minute};w=60',
            "RateLimit": f'"key";r={self.remaining};t={self.wait_seconds}',
        }


class Buckets:
    """One bucket per key; the longest unused one leaves when there are too many."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = Lock()
        self._held: dict[int, tuple[float, float]] = {}

    def take(self, key_id: int, *, rate_per_minute: int) -> Left:
        """Take one token, if there is one."""
        now = self._clock()
        per_second = rate_per_minute / 60
        with self._lock:
            tokens, then = self._held.pop(key_id, (float(rate_per_minute), now))
            tokens = min(float(rate_per_minute), tokens + (now - then) * per_second)
            passes = tokens >= 1
            tokens -= passes
            self._held[key_id] = (tokens, now)
            if len(self._held) > BUCKETS_MAX:
                self._held.pop(next(iter(self._held)))
        wait = 0 if tokens >= 1 else math.ceil((1 - tokens) / per_second)
        return Left(passes=passes, remaining=int(tokens), wait_seconds=wait)
