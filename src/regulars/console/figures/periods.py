"""Key figures by month and by week.

The definitions are those of ``regulars.science.kpi``, which a test holds these against; here they
are sums of a digest, because a page has to answer in a fraction of a second.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Literal

from regulars.console.figures.calendar import REPURCHASE_DAYS, month_windows, week_windows
from regulars.console.figures.totals import totals

if TYPE_CHECKING:
    from collections.abc import Mapping

    from regulars.base.business_time import Window
    from regulars.console.desk import Desk

Unit = Literal["month", "week"]


@dataclass(frozen=True, slots=True)
class Period:
    """Key figures of one month or week; a ratio over nothing is None.

    ``members`` had joined before the period ended. ``repurchase_rate`` is None until every buyer
    of the period could have come back for ``REPURCHASE_DAYS`` days.
    """

    first: date
    end: date
    sales: Decimal
    orders: int
    active_members: int
    member_orders: int
    members: int
    new_members: int
    repurchase_rate: float | None = None

    @property
    def average_order_value(self) -> Decimal | None:
        """Sales per order, rounded half up to two digits."""
        if not self.orders:
            return None
        return (self.sales / self.orders).quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)

    @property
    def frequency(self) -> float | None:
        """Orders of members per active member."""
        return self.member_orders / self.active_members if self.active_members else None


def months(desk: Desk) -> tuple[Period, ...]:
    """Return the last full months, oldest first, from the first with orders."""
    windows = month_windows(desk.as_of)
    over = {w.first for w in windows if w.end + timedelta(days=REPURCHASE_DAYS) <= desk.as_of}
    cohorts = totals(desk, "repurchase")
    rates: dict[date | None, float] = {
        row.day: row.again / row.base for row in cohorts if row.day in over
    }
    return _periods(desk, windows, "month", rates)


def weeks(desk: Desk) -> tuple[Period, ...]:
    """Return the last full weeks from Monday, oldest first."""
    return _periods(desk, week_windows(desk.as_of), "week", {})


def _periods(
    desk: Desk, windows: list[Window], unit: Unit, rates: Mapping[date | None, float]
) -> tuple[Period, ...]:
    trade = {row.day: row for row in totals(desk, unit)}
    # Who joined nobody knows when counts from the beginning.
    joined = {row.day or date.min: row.members for row in totals(desk, f"joined_{unit}")}
    found = []
    for window in windows:
        row = trade.get(window.first)
        found.append(
            Period(
                first=window.first,
                end=window.end,
                sales=row.amount if row else Decimal(0),
                orders=row.orders if row else 0,
                active_members=row.members if row else 0,
                member_orders=row.base if row else 0,
                members=sum(number for day, number in joined.items() if day < window.end),
                new_members=joined.get(window.first, 0),
                repurchase_rate=rates.get(window.first),
            )
        )
    return _from_first_order(tuple(found))


def _from_first_order(periods: tuple[Period, ...]) -> tuple[Period, ...]:
    """Leave out what lies before the data begin: it would look like a sudden success."""
    for position, period in enumerate(periods):
        if period.orders:
            return periods[position:]
    return ()
