"""Adds up the members' figures after a commit, before the first reader asks for them.

A web process keeps one quiet thread for it. What it makes serves every data scope, so its work
does not grow with the number of staff; and it rests three times as long as it worked, so that a
lake which changes every second costs a quarter of one core's time at most, not all of it.
"""

from __future__ import annotations

import logging
from threading import Event, Thread
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import connections

from regulars.apps.accounts.types import Actor, DataScope, Role
from regulars.console.contexts.insights.lifecycle import lifecycle_page
from regulars.console.contexts.insights.rfm import rfm_page
from regulars.console.contexts.insights.risk.page import risk_page
from regulars.console.contexts.members import members_context
from regulars.console.contexts.overview import overview
from regulars.console.desk import desk_at, lake_at
from regulars.console.figures.digests import keep_newest, keep_up
from regulars.console.figures.member_filters import MemberFilter
from regulars.science.producers.meter import Meter

if TYPE_CHECKING:
    from regulars.console.desk import Desk
    from regulars.lake import Snapshot

LOOK_EVERY_SECONDS = 2.0
RESTS_PER_WORK = 3.0
_log = logging.getLogger(__name__)


def start() -> Event:
    """Start the thread; it ends when the returned event is set, or with the process."""
    stop = Event()
    keep_up(running=True)
    Thread(target=_watch, args=(stop,), name="warming", daemon=True).start()
    return stop


def warm(snapshot: Snapshot) -> bool:
    """Bring the figures of the newest date up to the snapshot; False when they were."""
    desk = headquarters(snapshot)
    if not keep_newest(desk):
        return False
    overview(desk)
    rfm_page(desk, compared=None, by="")
    lifecycle_page(desk, months=0)
    risk_page(desk, band="")
    members_context(desk, MemberFilter(), (), 1)
    return True


def headquarters(snapshot: Snapshot) -> Desk:
    """Return the desk of a reader who sees everybody, as of the newest date."""
    reader = Actor(user_id=0, username="", name="", role=Role.ANALYST, scope=DataScope("hq"))
    return desk_at(snapshot, reader, wanted="")


def _watch(stop: Event) -> None:
    try:
        rest = 0.0
        while not stop.wait(max(rest, LOOK_EVERY_SECONDS if rest else 0.0)):
            rest = _look()
    finally:
        keep_up(running=False)


def _look() -> float:
    """Do what there is to do and return how long to rest after it, in seconds."""
    meter = Meter()
    try:
        with lake_at(settings.REGULARS_LAKE).snapshot() as snapshot:
            worked = warm(snapshot)
    except Exception:  # noqa: BLE001 — whatever it is, a page will meet it and say so
        worked = True
        _log.debug("warming failed", exc_info=True)
    finally:
        connections.close_all()
    return meter.seconds * RESTS_PER_WORK if worked else LOOK_EVERY_SECONDS
