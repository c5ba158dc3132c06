"""The lifecycle as the glossary tells it: every member, walked through day by day."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from regulars.science.lifecycle import LifecycleRules
from tests.science.history import FIRST_DAY

Change = tuple[str, date, str, str]


def stage_at_the_end_of(
    day: date, days: list[date], joined: date | None, rules: LifecycleRules
) -> str:
    """Return the stage of a member who ordered on ``days``; absent before there was one."""
    past = sorted(one for one in days if one <= day)
    start = min((one for one in (joined, min(days, default=None)) if one is not None), default=None)
    if start is None or start > day:
        return "absent"
    quiet = (day - (past[-1] if past else start)).days
    if quiet >= rules.churned_days:
        return "churned"
    if quiet >= rules.dormant_days:
        return "dormant"
    if len(past) >= rules.mature_orders:
        return "mature"
    return "growth" if len(past) >= rules.growth_orders else "introduction"


def diary(
    orders: Iterable[tuple[str | None, date]],
    members: Iterable[tuple[str, date | None]],
    as_of: date,
    rules: LifecycleRules,
) -> set[Change]:
    """Return the changes met until ``as_of``: member, day, stage before and after."""
    known = [(member_id, day) for member_id, day in orders if day < as_of]
    found: set[Change] = set()
    for member_id, joined in members:
        days = [day for owner, day in known if owner == member_id]
        before, day = "absent", FIRST_DAY
        while day < as_of:
            now = stage_at_the_end_of(day, days, joined, rules)
            if now != before:
                found.add((member_id, day, before, now))
            before, day = now, day + timedelta(days=1)
    return found
