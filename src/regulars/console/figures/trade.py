"""Sales and members by place, by product range and by hour of the week."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from regulars.console.figures.totals import totals

if TYPE_CHECKING:
    from regulars.console.desk import Desk

RANKED_MAX = 8


@dataclass(frozen=True, slots=True)
class Share:
    """One store, channel or department of a ranking."""

    code: str
    sales: Decimal
    active_members: int


@dataclass(frozen=True, slots=True)
class HourOfWeek:
    """Orders of members in one hour (0-23, local time of the store) of one weekday (0 = Monday)."""

    weekday: int
    hour: int
    orders: int
    members: int


def stores(desk: Desk) -> tuple[Share, ...]:
    """Return the stores of the last 365 days by sales, the strongest first."""
    return _ranking(desk, "store")


def channels(desk: Desk) -> tuple[Share, ...]:
    """Return the channels by sales, the strongest first."""
    return _ranking(desk, "channel")


def departments(desk: Desk) -> tuple[Share, ...]:
    """Return the departments by sales, the strongest first; '' holds what has none."""
    return _ranking(desk, "department")


def hours_of_week(desk: Desk) -> tuple[HourOfWeek, ...]:
    """Return all 168 hours of the week with the orders of the last 365 days."""
    counted = {row.number: row for row in totals(desk, "hour")}
    return tuple(
        HourOfWeek(
            weekday=number // 24,
            hour=number % 24,
            orders=counted[number].orders if number in counted else 0,
            members=counted[number].members if number in counted else 0,
        )
        for number in range(7 * 24)
    )


def _ranking(desk: Desk, figure: str) -> tuple[Share, ...]:
    ranked = sorted(totals(desk, figure), key=lambda row: (-row.cents, row.code))
    return tuple(
        Share(code=row.code, sales=row.amount, active_members=row.members)
        for row in ranked[:RANKED_MAX]
    )
