"""Reads what the API's callers will ask for, before they ask: after a start and after a commit.

A web process reads it once before it listens, and then keeps one quiet thread for it. It reads for
the data scopes of the keys that may be used now and for what these keys may read, so an
installation without keys pays nothing. What a scope holds is read whole where it is bounded;
members of a scope too large for that are left to their first readers. After its work it rests
three times as long, as the console's warming does.
"""

from __future__ import annotations

import logging
from threading import Event, Thread
from typing import TYPE_CHECKING

from django.db import connections

from regulars.api.answers import figures, profiles
from regulars.api.answers.commits import current
from regulars.api.answers.members import members, orders
from regulars.api.queries.keys import api_keys
from regulars.api.types import ApiScope, KeyState
from regulars.api.v1.catalog import PRODUCTS, STORES
from regulars.science.producers.meter import Meter

if TYPE_CHECKING:
    from pathlib import Path

    from regulars.apps.accounts.types import DataScope

LOOK_EVERY_SECONDS = 2.0
RESTS_PER_WORK = 3.0
# Beyond these, the stores could not hold what all scopes ask for anyway.
DATA_SCOPES_MAX = 8
Wanted = dict["DataScope", frozenset[ApiScope]]
Done = tuple["Path", int, Wanted]
_log = logging.getLogger(__name__)


def start(*, wait_seconds: float = 0) -> Event:
    """Start the thread; it ends when the returned event is set, or with the process.

    Return once it has read everything for the first time, or after ``wait_seconds``: it then goes
    on beside the requests.
    """
    stop, through = Event(), Event()
    Thread(target=_watch, args=(stop, through), name="api-warming", daemon=True).start()
    through.wait(wait_seconds)
    return stop


def warm(done: Done | None = None) -> Done:
    """Read what is wanted now and not held; return what was done.

    With what was done before: nothing is read again before a commit or another key, so stores that
    cannot hold everything are not filled over and over.
    """
    wanted = _wanted()
    now = (*current(), wanted)
    if now != done:
        for scope, may in wanted.items():
            _fill(scope, may)
    return now


def _wanted() -> Wanted:
    """Return data scopes of keys that open the door, headquarters first, and what they may do."""
    found: dict[DataScope, frozenset[ApiScope]] = {}
    for key in api_keys():
        if key.state == KeyState.ACTIVE:
            found[key.data_scope] = found.get(key.data_scope, frozenset()) | set(key.scopes)
    first = sorted(found, key=lambda scope: not scope.is_hq)[:DATA_SCOPES_MAX]
    return {scope: found[scope] for scope in first}


def _fill(scope: DataScope, may: frozenset[ApiScope]) -> None:
    if ApiScope.CATALOG_READ in may:
        STORES.fill(scope)
        # The products are the same for all; headquarters' alone are worth their memory.
        PRODUCTS.fill(scope, parts=10 if scope.is_hq else 1)
    if ApiScope.FIGURES_READ in may:
        figures.fill(scope)
    if ApiScope.MEMBERS_READ in may:
        members.fill(scope)
        profiles.warm(scope)
    if ApiScope.ORDERS_READ in may:
        orders.fill(scope)


def _watch(stop: Event, through: Event) -> None:
    done: Done | None = None
    rest = 0.0
    while not stop.wait(rest):
        meter = Meter()
        try:
            done = warm(done)
        except Exception:  # noqa: BLE001 — whatever it is, a caller will meet it and be told
            _log.debug("warming the API failed", exc_info=True)
        finally:
            connections.close_all()
        # Also when it failed: nobody waits for what does not come.
        through.set()
        rest = max(LOOK_EVERY_SECONDS, meter.seconds * RESTS_PER_WORK)
