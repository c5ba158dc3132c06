"""Stores whose members stay away: a fall too large to be chance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import ibis

from regulars.base.business_time import Window
from regulars.console.desk import remembered
from regulars.console.figures.periods import last_full_month
from regulars.science.facts import within

if TYPE_CHECKING:
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

    def ask() -> tuple[Fall, ...]:
        month = last_full_month(desk.as_of)
        earlier = last_full_month(month.first)
        bought = within(desk.lake.table("orders"), Window(earlier.first, month.end))
        late = bought["business_date"] >= month.first
        table = bought.group_by("store_id").agg(
            now=bought["member_id"].nunique(where=late),
            before=bought["member_id"].nunique(where=~late),
        )
        lost = table["before"] - table["now"]
        deep = table.filter(lost > 0, lost * lost > SIGMAS**2 * (table["before"] + table["now"]))
        rows = deep.order_by(ibis.desc(deep["before"] - deep["now"]), "store_id").to_pyarrow()
        return tuple(
            Fall(store_id=row["store_id"], before=row["before"], now=row["now"], month=month)
            for row in rows.to_pylist()
        )

    return remembered(desk.key, "falls", ask)
