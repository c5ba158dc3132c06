"""Key figures against plain Python loops over every order."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import ROUND_FLOOR, Decimal
from statistics import mean, median
from typing import Literal

from hypothesis import given, settings
from hypothesis import strategies as st

from regulars.base.business_time import Window
from regulars.science import kpi
from tests.science.history import (
    Member,
    Order,
    by_key,
    histories,
    members_table,
    on,
    on_tables,
    orders_table,
    rows,
)

Every = Literal["day", "week", "month"]
HORIZONS = (1, 7, 30)
windows = st.builds(
    lambda first, length: Window(on(first), on(first + length)),
    st.integers(0, 100),
    st.integers(1, 40),
)
History = tuple[list[Order], list[Member]]


@on_tables
@given(histories(), windows, st.integers(0, 40))
def test_summary(history: History, window: Window, observed: int) -> None:
    orders, members = history
    as_of = window.end + timedelta(days=observed)
    found = kpi.summary(
        orders_table(orders),
        members_table(members),
        window=window,
        as_of=as_of,
        repurchase_days=HORIZONS,
    )
    assert rows(found) == [membership(orders, members, window) | trade(orders, window, as_of)]


@on_tables
@given(histories(), windows, st.sampled_from(("day", "week", "month")))
def test_periods(history: History, window: Window, every: Every) -> None:
    orders, members = history
    found = kpi.by_period(
        orders_table(orders),
        members_table(members),
        window=window,
        every=every,
        repurchase_days=HORIZONS,
    )
    expected = [
        {"period_start": period.first, "period_end": period.end}
        | membership(orders, members, period)
        | trade(orders, period, window.end)
        for period in periods(window, every)
    ]
    assert rows(found) == expected


@settings(on_tables, max_examples=8)
@given(histories(), windows)
def test_stores_and_channels(history: History, window: Window) -> None:
    orders, members = history
    table, people = orders_table(orders), members_table(members)
    stores = by_key(
        kpi.by_store(table, people, window=window, repurchase_days=HORIZONS), "store_id"
    )
    for store in ("s1", "s2", "s3", "s4"):
        own = [o for o in orders if o.store == store]
        home = {m.member_id for m in members if m.store == store}
        check_split(stores.get(store), "store_id", own, home, orders, members, window)
    channels = by_key(
        kpi.by_channel(table, people, window=window, repurchase_days=HORIZONS), "channel"
    )
    for channel in ("pos", "web", "app"):
        own = [o for o in orders if o.channel == channel]
        home = {m.member_id for m in members if m.channel == channel}
        check_split(channels.get(channel), "channel", own, home, orders, members, window)


def check_split(
    found: dict[str, object] | None,
    key: str,
    own: list[Order],
    home: set[str],
    orders: list[Order],
    members: list[Member],
    window: Window,
) -> None:
    if found is None:
        assert not home
        assert not [o for o in own if window.first <= o.day < window.end]
        return
    belonging = [m for m in members if m.member_id in home]
    expected = membership(orders, belonging, window) | trade(own, window, window.end)
    assert {name: value for name, value in found.items() if name != key} == expected


@on_tables
@given(histories(), windows)
def test_second_orders(history: History, window: Window) -> None:
    orders, _members = history
    seen = [o for o in orders if o.member_id is not None and o.day < window.end]
    waits, first_buyers = [], 0
    for member in {o.member_id for o in seen}:
        days = sorted({o.day for o in seen if o.member_id == member})
        if days[0] >= window.first:
            first_buyers += 1
            waits += [(days[1] - days[0]).days] if len(days) > 1 else []
    (found,) = rows(kpi.second_orders(orders_table(orders), window=window))
    assert found == {
        "first_buyers": first_buyers,
        "second_buyers": len(waits),
        "second_order_rate": len(waits) / first_buyers if first_buyers else None,
        "days_to_second_mean": mean(waits) if waits else None,
        "days_to_second_median": median(waits) if waits else None,
    }


def membership(orders: list[Order], members: list[Member], window: Window) -> dict[str, object]:
    joined = []
    for member in members:
        own = [o.day for o in orders if o.member_id == member.member_id]
        joined.append(member.joined_on or min(own, default=date.min))
    return {
        "members": sum(day < window.end for day in joined),
        "new_members": sum(window.first <= day < window.end for day in joined),
    }


def trade(orders: list[Order], window: Window, as_of: date) -> dict[str, object]:
    mine = [o for o in orders if window.first <= o.day < window.end]
    of_members = [o for o in mine if o.member_id is not None]
    active = {o.member_id for o in of_members}
    sales = sum((o.net for o in mine), Decimal(0))
    result: dict[str, object] = {
        "active_members": len(active),
        "orders": len(mine),
        "sales": sales,
        "average_order_value": half_up(sales / len(mine)) if mine else None,
        "item_count": sum(o.items for o in mine),
        "items_per_order": sum(o.items for o in mine) / len(mine) if mine else None,
        "member_orders": len(of_members),
        "member_sales": sum((o.net for o in of_members), Decimal(0)),
        "frequency": len(of_members) / len(active) if active else None,
    }
    for horizon in HORIZONS:
        base = back = 0
        for member in active:
            days = {o.day for o in orders if o.member_id == member and o.day < as_of}
            first = min(day for day in days if day >= window.first)
            if (as_of - first).days > horizon:
                base += 1
                back += any(0 < (day - first).days <= horizon for day in days)
        result[f"repurchase_base_{horizon}d"] = base
        result[f"repurchased_{horizon}d"] = back
        result[f"repurchase_rate_{horizon}d"] = back / base if base else None
    return result


def half_up(amount: Decimal) -> Decimal:
    return (amount + Decimal("0.005")).quantize(Decimal("0.01"), rounding=ROUND_FLOOR)


def periods(window: Window, every: str) -> list[Window]:
    cuts = [window.first]
    for n in range(1, window.days):
        day = window.first + timedelta(days=n)
        begins = {"day": True, "week": day.isoweekday() == 1, "month": day.day == 1}[every]
        cuts += [day] if begins else []
    return [Window(a, b) for a, b in zip(cuts, [*cuts[1:], window.end], strict=True)]
