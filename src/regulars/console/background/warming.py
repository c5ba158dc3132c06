"""Asks the lake what the overview will ask, before the first reader does.

The first questions after a start or a commit are the slow ones. A web process therefore keeps one
quiet thread that notices a new commit and asks for headquarters and for the scopes of the staff.
"""

from __future__ import annotations

import logging
from threading import Event, Thread
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import connections

from regulars.apps.accounts.queries import staff_users
from regulars.apps.accounts.types import Actor, DataScope, Role
from regulars.console.contexts.members import members_context
from regulars.console.contexts.overview import overview
from regulars.console.desk import desk_at, lake_at
from regulars.console.figures.member_filters import MemberFilter

if TYPE_CHECKING:
    from regulars.lake import Snapshot

LOOK_EVERY_SECONDS = 5.0
SCOPES_MAX = 30
_HQ = DataScope("hq")
_log = logging.getLogger(__name__)


def start() -> Event:
    """Start the thread; it ends when the returned event is set, or with the process."""
    stop = Event()
    Thread(target=_watch, args=(stop,), name="warming", daemon=True).start()
    return stop


def warm(snapshot: Snapshot, scope: DataScope) -> None:
    """Ask what the overview and the first page of members ask, for readers with this scope."""
    reader = Actor(user_id=0, username="", name="", role=Role.ANALYST, scope=scope)
    desk = desk_at(snapshot, reader, wanted="")
    overview(desk)
    members_context(desk, MemberFilter(), (), 1)


def scopes() -> tuple[DataScope, ...]:
    """Return the scopes worth asking for: headquarters, then those who signed in last."""
    staff = [user for user in staff_users() if user.active]
    staff.sort(key=lambda user: user.last_sign_in.timestamp() if user.last_sign_in else 0.0)
    return tuple(dict.fromkeys([_HQ, *(user.scope for user in reversed(staff))]))[:SCOPES_MAX]


def _watch(stop: Event) -> None:
    sequence, done = -1, set[DataScope]()
    while True:
        try:
            with lake_at(settings.REGULARS_LAKE).snapshot() as snapshot:
                if snapshot.sequence != sequence:
                    sequence, done = snapshot.sequence, set()
                waiting = [scope for scope in scopes() if scope not in done]
                # One scope at a time: a newer commit is noticed before the next.
                for scope in waiting[:1]:
                    done.add(scope)
                    warm(snapshot, scope)
        except Exception:  # noqa: BLE001 — whatever it is, a page will meet it and say so
            waiting = []
            _log.debug("warming failed", exc_info=True)
        finally:
            connections.close_all()
        if stop.wait(0 if len(waiting) > 1 else LOOK_EVERY_SECONDS):
            return
