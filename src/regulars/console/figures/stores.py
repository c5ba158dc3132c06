"""Stores whose members stay away: a fall too large to be chance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from regulars.console.figures.calendar import last_full_month
from regulars.console.figures.totals import totals

if TYPE_CHECKING:
    from regulars.base.business_time import Window
    from regulars.console.desk import Desk

SIGMAS = 3


@dataclass(frozen=True, slots=True)
class Fall:
    """A store's active members in the last full month and in the month before it."""

    store_id: str
    before: int
    now: int
    month: Window


def falls(desk: Desk) -> tuple[Fall, ...]:
    """Return the stores whose active members fell by more than ``SIGMAS`` standard errors.

    Both counts are taken as Poisson, so their difference has the variance before + now. The
    deepest fall comes first.
    """
    month = last_full_month(desk.as_of)
    found = [
        Fall(store_id=row.code, before=row.base, now=row.again, month=month)
        for row in totals(desk, "fall")
    ]
    deep = [one for one in found if _deep(one.before, one.now)]
    return tuple(sorted(deep, key=lambda one: (one.now - one.before, one.store_id)))


def _deep(before: int, now: int) -> bool:
    lost = before - now
    return lost > 0 and lost * lost > SIGMAS**2 * (before + now)
