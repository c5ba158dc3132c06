"""Where the members stand on the business date: RFM groups and lifecycle stages."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from regulars.console.figures.totals import totals
from regulars.science.lifecycle import STAGES
from regulars.science.rfm import GROUPS

if TYPE_CHECKING:
    from regulars.console.desk import Desk


@dataclass(frozen=True, slots=True)
class Group:
    """One RFM group: members, what they spent in the window, and who of them came back.

    ``repurchase_rate``: of the days of the last year on which a member of the group bought, the
    share that was followed by another within 30 days; days that could not be followed for 30 days
    yet do not count. None without such a day.
    """

    code: str
    members: int
    monetary_mean: Decimal | None
    repurchase_rate: float | None


@dataclass(frozen=True, slots=True)
class Stage:
    """One lifecycle stage, its members, and how many entered it in the last 30 days."""

    code: str
    members: int
    entered: int


def groups(desk: Desk) -> tuple[Group, ...]:
    """Return the groups that have members, the largest first."""
    rows = {row.code: row for row in totals(desk, "group")}
    found = [
        Group(
            code=code,
            members=rows[code].members,
            monetary_mean=rows[code].amount / rows[code].members,
            repurchase_rate=rows[code].again / rows[code].base if rows[code].base else None,
        )
        for code in GROUPS
        if code in rows
    ]
    return tuple(sorted(found, key=lambda group: -group.members))


def stages(desk: Desk) -> tuple[Stage, ...]:
    """Return the five stages in life's order; empty before features were computed."""
    rows = {row.code: row for row in totals(desk, "stage")}
    return tuple(
        Stage(
            code=code,
            members=rows[code].members if code in rows else 0,
            entered=rows[code].again if code in rows else 0,
        )
        for code in (STAGES if rows else ())
    )


def quiet_important_members(desk: Desk) -> int:
    """Count the members of the important groups who stay away for more than ``QUIET_DAYS``."""
    return sum(row.members for row in totals(desk, "quiet"))
