"""Cycle and strata agree with plain Python, and are the same however they come about."""

from __future__ import annotations

import statistics
from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa
import pytest

from regulars.lake import Lake
from regulars.lake.contracts import contract
from regulars.science.producers import profile_producers, refresh
from tests.science.history import Order, by_key, on
from tests.science.lake_rows import order_rows

PRODUCERS = tuple(one for one in profile_producers() if one.name in {"cycle", "strata"})
ZONES = {"s1": "Asia/Shanghai", "s2": "America/New_York", "s3": "Europe/Berlin"}
LAST = 400
QUARTERS = ("night", "morning", "afternoon", "evening")


def drawn(random: Random, number: int) -> Order:
    member = random.choice((*"abcdefgh", None))
    cents = Decimal(random.choice((500, 500, random.randrange(-900, 9_000)))) / 100
    day = on(random.randrange(LAST + 20))
    return Order(f"o{number}", member, day, cents, store=random.choice(("s1", "s2", "s3")))


def moment(order: Order) -> datetime:
    """Noon in UTC plus what the number of the order says, so that all hours come."""
    hours = timedelta(hours=int(order.order_id[1:]) % 24 - 12)
    return datetime.combine(order.day, time(12), tzinfo=UTC) + hours


def load(lake: Lake, orders: list[Order], zones: dict[str, str]) -> None:
    rows = order_rows(orders)
    place = rows.schema.get_field_index("ordered_at")
    times = pa.array([moment(order) for order in orders], rows.schema.field(place).type)
    stores = [
        {"store_id": name, "name": name, "zone": zone, "source": "test"}
        for name, zone in zones.items()
    ]
    with lake.transaction(note="load") as transaction:
        transaction.upsert("orders", rows.set_column(place, rows.schema.field(place), times))
        transaction.upsert("stores", pa.Table.from_pylist(stores, contract("stores").arrow_schema))


def held(lake: Lake, name: str, as_of: date) -> dict[object, dict[str, Any]]:
    with lake.snapshot() as snapshot:
        table = snapshot.table(f"features/{name}")
        return by_key(table.filter(table["as_of"] == as_of), "member_id")


def cycles_by_hand(orders: list[Order], as_of: date) -> dict[object, dict[str, Any]]:
    found: dict[object, dict[str, Any]] = {}
    for member in {o.member_id for o in orders if o.member_id and o.day < as_of}:
        mine = [o for o in orders if o.member_id == member and o.day < as_of]
        days = sorted({o.day for o in mine})
        gaps = [(later - earlier).days for earlier, later in pairwise(days)]
        weekdays = Counter(day.isoweekday() for day in days)
        hours = Counter(moment(o).astimezone(ZoneInfo(ZONES[o.store])).hour // 6 for o in mine)
        due = days[-1] + timedelta(days=-int(-statistics.median(gaps) // 1)) if gaps[1:] else None
        found[member] = {
            "member_id": member,
            "as_of": as_of,
            "first_order_date": days[0],
            "last_order_date": days[-1],
            "order_days": len(days),
            "interval_median_days": statistics.median(gaps) if gaps else None,
            "interval_mean_days": pytest.approx(statistics.fmean(gaps)) if gaps else None,
            "active_weekday": min(weekdays, key=lambda d: (-weekdays[d], d)),
            "active_hours": QUARTERS[min(hours, key=lambda q: (-hours[q], q))],
            "due_on": due,
            "overdue_days": max((as_of - due).days - 1, 0) if due else None,
        }
    return found


def strata_by_hand(orders: list[Order], as_of: date) -> dict[object, dict[str, Any]]:
    sums: dict[str, Decimal] = {}
    for order in orders:
        if order.member_id and as_of - timedelta(days=365) <= order.day < as_of:
            sums[order.member_id] = sums.get(order.member_id, Decimal(0)) + order.net
    found: dict[object, dict[str, Any]] = {}
    for member, amount in sums.items():
        share = sum(other > amount for other in sums.values()) / len(sums)
        cuts = ((0.05, "key"), (0.2, "main"), (0.5, "ordinary"), (2, "long_tail"))
        name = next(name for cut, name in cuts if share < cut)
        row = {"member_id": member, "as_of": as_of, "monetary": amount, "stratum": name}
        found[member] = row
    return found


@pytest.mark.parametrize("seed", [1, 2])
def test_features_are_those_counted_by_hand(tmp_path: Path, seed: int) -> None:
    random = Random(seed)
    lake = Lake(tmp_path / "lake")
    orders = {f"o{n}": drawn(random, n) for n in range(70)}
    load(lake, list(orders.values()), ZONES)
    day = LAST - 30
    for round_number in range(3):
        report = refresh(lake, on(day), producers=PRODUCERS)
        assert report.succeeded, [run.error for run in report.runs]
        known = list(orders.values())
        assert held(lake, "cycle", on(day)) == cycles_by_hand(known, on(day))
        assert held(lake, "strata", on(day)) == strata_by_hand(known, on(day))
        corrected = [drawn(random, random.randrange(75)) for _ in range(4)]
        orders |= {order.order_id: order for order in corrected}
        load(lake, [orders[name] for name in {o.order_id for o in corrected}], ZONES)
        day += 15 * (round_number % 2)
    quick = [held(lake, name, on(LAST - 15)) for name in ("cycle", "strata")]
    refresh(lake, on(LAST - 15), producers=PRODUCERS)
    quick = [held(lake, name, on(LAST - 15)) for name in ("cycle", "strata")]
    assert {run.mode for run in refresh(lake, on(LAST - 15), producers=PRODUCERS).runs} == {"none"}
    refresh(lake, on(LAST - 15), producers=PRODUCERS, full=True)
    assert quick == [held(lake, name, on(LAST - 15)) for name in ("cycle", "strata")]


def test_a_shop_that_moves_to_another_zone_is_told_anew(tmp_path: Path) -> None:
    lake = Lake(tmp_path / "lake")
    load(lake, [Order("o17", "a", on(1), store="s1")], ZONES)
    refresh(lake, on(9), producers=PRODUCERS)
    assert held(lake, "cycle", on(9))["a"]["active_hours"] == "night"
    load(lake, [], ZONES | {"s1": "UTC"})
    refresh(lake, on(9), producers=PRODUCERS)
    assert held(lake, "cycle", on(9))["a"]["active_hours"] == "afternoon"


def test_without_shops_no_hours_are_known(tmp_path: Path) -> None:
    lake = Lake(tmp_path / "lake")
    load(lake, [Order("o1", "a", on(1)), Order("o2", "a", on(3))], {})
    assert refresh(lake, on(9), producers=PRODUCERS).succeeded
    row = held(lake, "cycle", on(9))["a"]
    assert (row["active_hours"], row["interval_median_days"], row["due_on"]) == (None, 2.0, None)
