"""The worker's ticks: small steps taken again and again, so that what arrives is seen in seconds.

A room offers a cheap question (does anything wait?) and a step; the step is taken by one worker
at a time. A step must bear being taken twice and being killed at any point: nothing here promises
more than that it is tried again.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from threading import Event

from django.conf import settings
from django.db import close_old_connections

from regulars.apps.accounts.services.ticks import claim_tick, tick_failed, tick_succeeded
from regulars.apps.ingest.queries import is_posted_waiting
from regulars.apps.ingest.services.inbox import land_posted
from regulars.apps.members.services.lake_side.declared import is_declared_waiting, publish_waiting
from regulars.apps.members.services.serving import is_serving_due, serve_profiles
from regulars.base.errors import LakeBusyError, RegularsError
from regulars.lake import Lake
from regulars.server.steps.following import Follower

PERIOD_SECONDS = 0.5
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Step:
    """One tick. ``take`` says whether more waits than it took; it must end within minutes."""

    name: str
    waits: Callable[[], bool]
    take: Callable[[], bool]


def _land() -> bool:
    return land_posted().waiting


def _publish() -> bool:
    publish_waiting(Lake(settings.REGULARS_LAKE))
    return False


def _behind() -> bool:
    return is_serving_due(Lake(settings.REGULARS_LAKE))


def _serve() -> bool:
    # A command that serves right now does the same.
    with suppress(LakeBusyError):
        serve_profiles(Lake(settings.REGULARS_LAKE), wait_seconds=0)
    return False


def _crowded() -> bool:
    return Lake(settings.REGULARS_LAKE).is_crowded()


def _join() -> bool:
    # A load that is writing has the right of way; small files can wait, posted orders cannot.
    with suppress(LakeBusyError):
        Lake(settings.REGULARS_LAKE).join_small_files(wait_seconds=0)
    return False


_FOLLOWER = Follower()
STEPS = (
    Step("land posted orders", is_posted_waiting, _land),
    Step("publish members", is_declared_waiting, _publish),
    Step("join small files", _crowded, _join),
)
# What takes longer has a thread of its own: an order must not wait until everybody is decided.
LONG_STEPS = (
    Step("follow the facts", _FOLLOWER.is_behind, _FOLLOWER.follow),
    Step("serve profiles", _behind, _serve),
)


def run(stop: Event, *, worker: str, steps: Sequence[Step] = STEPS) -> None:
    """Take the steps until ``stop`` is set; it is looked at between steps."""
    more = False
    while not stop.wait(0 if more else PERIOD_SECONDS):
        more = False
        for step in steps:
            if stop.is_set():
                return
            more |= take(step, worker=worker)
        close_old_connections()


def take(step: Step, *, worker: str) -> bool:
    """Take a step if something waits and no other worker has it; return whether more waits.

    A failure is logged and kept for the console; the next try comes after a growing pause.
    """
    try:
        if not step.waits() or not claim_tick(step.name, holder=worker):
            return False
    except Exception:  # noqa: BLE001 one step's fault must not end the others
        _log.exception("the tick %r cannot be looked at", step.name)
        return False
    try:
        more = step.take()
        tick_succeeded(step.name, holder=worker)
    except Exception as error:  # noqa: BLE001 one step's fault must not end the others
        _log.exception("the tick %r failed", step.name)
        said = str(error) if isinstance(error, RegularsError) else type(error).__name__
        _note_failure(step.name, said, worker)
        return False
    return more


def _note_failure(name: str, said: str, worker: str) -> None:
    try:
        tick_failed(name, said, holder=worker)
    except Exception:  # noqa: BLE001 the lease ends by the clock
        _log.exception("the failure of the tick %r cannot be kept", name)
