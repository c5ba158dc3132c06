"""Asks the lake what the overview will ask, before the first reader does.

The first questions after a start or a commit are the slow ones. A web process therefore keeps one
quiet thread that notices a new commit and asks for the widest scope; every other scope asks less.
"""

from __future__ import annotations

import logging
from threading import Event, Thread
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import connections

from regulars.apps.accounts.types import Actor, DataScope, Role
from regulars.console.contexts.members import members_context
from regulars.console.contexts.overview import overview
from regulars.console.desk import desk_at, lake_at
from regulars.console.figures.member_filters import MemberFilter

if TYPE_CHECKING:
    from regulars.lake import Snapshot

LOOK_EVERY_SECONDS = 5.0
_NOBODY = Actor(user_id=0, username="", name="", role=Role.ANALYST, scope=DataScope("hq"))
_log = logging.getLogger(__name__)


def start() -> Event:
    """Start the thread; it ends when the returned event is set, or with the process."""
    stop = Event()
    Thread(target=_watch, args=(stop,), name="warming", daemon=True).start()
    return stop


def warm(snapshot: Snapshot) -> None:
    """Ask what the overview and the first page of members ask, for headquarters."""
    desk = desk_at(snapshot, _NOBODY, wanted="")
    overview(desk)
    members_context(desk, MemberFilter(), (), 1)


def _watch(stop: Event) -> None:
    seen = -1
    while True:
        try:
            with lake_at(settings.REGULARS_LAKE).snapshot() as snapshot:
                if snapshot.sequence != seen:
                    warm(snapshot)
                    seen = snapshot.sequence
        except Exception:  # noqa: BLE001 — whatever it is, a page will meet it and say so
            _log.debug("warming failed", exc_info=True)
        finally:
            connections.close_all()
        if stop.wait(LOOK_EVERY_SECONDS):
            return
