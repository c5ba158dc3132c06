"""Key figures by month and by week.

The definitions are those of ``regulars.science.kpi``, which a test holds these against; here all
periods come out of three flat queries, because a page has to answer in a fraction of a second.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any, Literal

import ibis

from regulars.base.business_time import Window
from regulars.console.desk import remembered
from regulars.science.facts import within

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from regulars.console.desk import Desk

WEEKS_SHOWN = 52
MONTHS_SHOWN = 13
REPURCHASE_DAYS = 30
Unit = Literal["M", "W"]


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


def last_full_month(as_of: date) -> Window:
    """Return the last calendar month that was over when ``as_of`` began.

    >>> last_full_month(date(2018, 1, 1)).first.isoformat()
    '2017-12-01'
    """
    end = as_of.replace(day=1)
    return Window((end - timedelta(days=1)).replace(day=1), end)


def months(desk: Desk) -> tuple[Period, ...]:
    """Return the last ``MONTHS_SHOWN`` full months, oldest first, from the first with orders."""
    windows = [last_full_month(desk.as_of)]
    while len(windows) < MONTHS_SHOWN:
        windows.insert(0, last_full_month(windows[0].first))
    return remembered(
        desk.key, "months", lambda: _periods(desk, windows, "M", with_repurchase=True)
    )


def weeks(desk: Desk) -> tuple[Period, ...]:
    """Return the last ``WEEKS_SHOWN`` full weeks from Monday, oldest first."""
    end = desk.as_of - timedelta(days=desk.as_of.weekday())
    starts = [end - timedelta(weeks=number) for number in range(WEEKS_SHOWN, 0, -1)]
    windows = [Window(start, start + timedelta(weeks=1)) for start in starts]
    return remembered(
        desk.key, "weeks", lambda: _periods(desk, windows, "W", with_repurchase=False)
    )


def _periods(
    desk: Desk, windows: list[Window], unit: Unit, *, with_repurchase: bool
) -> tuple[Period, ...]:
    whole = Window(windows[0].first, windows[-1].end)
    orders = desk.lake.table("orders")
    trade = _trade(within(orders, whole), unit)
    joined = _joined(desk, unit)
    rates = _repurchase(desk, orders, windows) if with_repurchase else {}
    found = []
    for window in windows:
        row = trade.get(window.first, {})
        found.append(
            Period(
                first=window.first,
                end=window.end,
                sales=row.get("sales", Decimal(0)),
                orders=row.get("orders", 0),
                active_members=row.get("active_members", 0),
                member_orders=row.get("member_orders", 0),
                members=sum(number for day, number in joined.items() if day < window.end),
                new_members=joined.get(window.first, 0),
                repurchase_rate=rates.get(window.first),
            )
        )
    return _from_first_order(tuple(found))


def _trade(bought: ir.Table, unit: Unit) -> dict[date, dict[str, Any]]:
    table = bought.group_by(first=bought["business_date"].truncate(unit)).agg(
        sales=bought["net_amount"].sum(),
        orders=bought.count(),
        active_members=bought["member_id"].nunique(),
        member_orders=bought["member_id"].count(),
    )
    return {row["first"]: row for row in table.to_pyarrow().to_pylist()}


def _joined(desk: Desk, unit: Unit) -> dict[date, int]:
    """Return how many members joined in each period; who has no date counts from the beginning."""
    members = desk.lake.table("members")
    orders = desk.lake.table("orders")
    undated = members.filter(members["joined_on"].isnull())
    first = orders.semi_join(undated, "member_id").group_by("member_id")
    dates = first.agg(first_on=lambda t: t["business_date"].min())
    known = members.select("member_id", "joined_on").left_join(dates, "member_id")
    day = known["joined_on"].coalesce(known["first_on"]).truncate(unit)
    table = known.group_by(first=day).agg(members=known.count())
    rows = table.to_pyarrow().to_pylist()
    return {row["first"] or date.min: row["members"] for row in rows}


def _repurchase(desk: Desk, orders: ir.Table, windows: list[Window]) -> dict[date, float | None]:
    """Return the share of each month's buyers who bought again on a later day, within the limit."""
    first = windows[0].first
    visits = within(orders, Window(first, desk.as_of))
    visits = visits.filter(visits["member_id"].notnull()).select("member_id", "business_date")
    visits = visits.distinct()
    line = ibis.window(group_by="member_id", order_by="business_date")
    visits = visits.mutate(
        month=visits["business_date"].truncate("M"),
        next_on=visits["business_date"].lead().over(line),
    )
    cohorts = visits.group_by("month", "member_id").agg(
        first_on=visits["business_date"].min(), next_on=visits["next_on"].min()
    )
    gap = cohorts["next_on"].delta(cohorts["first_on"], unit="day")
    table = cohorts.group_by("month").agg(
        base=cohorts.count(), again=cohorts.count(where=gap <= REPURCHASE_DAYS)
    )
    rows = {row["month"]: row for row in table.to_pyarrow().to_pylist()}
    over = {w.first for w in windows if w.end + timedelta(days=REPURCHASE_DAYS) <= desk.as_of}
    return {month: row["again"] / row["base"] for month, row in rows.items() if month in over}


def _from_first_order(periods: tuple[Period, ...]) -> tuple[Period, ...]:
    """Leave out what lies before the data begin: it would look like a sudden success."""
    for position, period in enumerate(periods):
        if period.orders:
            return periods[position:]
    return ()
