"""Preferences agree with plain Python, and are the same however they come about."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
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

PREFERENCES = tuple(one for one in profile_producers() if one.name == "preferences")
ZONES = {"s1": "Asia/Shanghai", "s2": "America/New_York"}
# Department, category and brand; of one nothing is known, of another not the brand.
GOODS = {
    "p1": ("food", "tea", "leaf"),
    "p2": ("food", "tea", "hill"),
    "p3": ("food", "snack", None),
    "p4": ("care", "soap", "leaf"),
    "p5": (None, None, ""),
}
DAY = 500
Choice = tuple[str, str, date]
Row = dict[str, Any]


@dataclass(frozen=True)
class Basket:
    """One order and what was in it."""

    order: Order
    goods: tuple[str, ...]

    @property
    def moment(self) -> datetime:
        hour = int(self.order.order_id[1:]) % 5 * 4
        return datetime.combine(self.order.day, time(hour), tzinfo=UTC)


def drawn(random: Random, number: int) -> Basket:
    """Return a basket of a member who likes one shop, one channel and one product."""
    member = random.choice((*"abcdefgh", None))
    favourite = "abcdefgh".find(member or "a")
    day = on(random.randrange(DAY - 420, DAY + 10))
    store = ("s1", "s2")[favourite % 2] if random.random() < 0.8 else "s1"
    channel = ("pos", "web")[favourite % 2] if random.random() < 0.8 else "pos"
    goods = [
        f"p{favourite % 5 + 1}" if random.random() < 0.5 else f"p{random.randrange(1, 7)}"
        for _ in range(random.randrange(1, 4))
    ]
    order = Order(f"o{number}", member, day, Decimal(10), store=store, channel=channel)
    return Basket(order, tuple(goods))


def load(lake: Lake, baskets: Iterable[Basket], goods: dict[str, Any] | None = None) -> None:
    baskets = list(baskets)
    rows = order_rows([basket.order for basket in baskets])
    place = rows.schema.get_field_index("ordered_at")
    moments = pa.array([one.moment for one in baskets], rows.schema.field(place).type)
    rows = rows.set_column(place, rows.schema.field(place), moments)
    stores = [{"store_id": s, "name": s, "zone": z, "source": "t"} for s, z in ZONES.items()]
    with lake.transaction(note="load") as transaction:
        transaction.upsert("orders", rows)
        transaction.upsert("order_lines", line_rows(baskets))
        for name, several in (("stores", stores), ("products", product_rows(goods or GOODS))):
            schema = contract(name).arrow_schema
            transaction.upsert(name, pa.Table.from_pylist(several, schema=schema))


def line_rows(baskets: list[Basket]) -> pa.Table:
    same = ("order_id", "member_id", "store_id", "business_date", "business_month", "currency")
    amounts = ("list_amount", "discount_amount", "coupon_amount", "net_amount")
    orders = {row["order_id"]: row for row in order_rows(b.order for b in baskets).to_pylist()}
    rows = [
        {name: orders[basket.order.order_id][name] for name in (*same, *amounts)}
        | {"ordered_at": basket.moment, "line_no": str(n), "product_id": product, "source": "t"}
        | {"quantity": 1, "item_count": 1, "flags": ""}
        for basket in baskets
        for n, product in enumerate(basket.goods)
    ]
    return pa.Table.from_pylist(rows, schema=contract("order_lines").arrow_schema)


def product_rows(goods: dict[str, Any]) -> list[Row]:
    return [
        {"product_id": p, "department": d, "category": c, "brand": b, "measured": False,
         "placeholder": False, "source": "t"}
        for p, (d, c, b) in goods.items()
    ]  # fmt: skip


def chosen(baskets: Iterable[Basket], as_of: date) -> dict[str, list[tuple[str, Choice]]]:
    """Return what members chose in the year before the date, by dimension: member and choice."""
    found: dict[str, list[tuple[str, Choice]]] = defaultdict(list)
    for one in baskets:
        order = one.order
        if order.member_id is None or not as_of - timedelta(365) <= order.day < as_of:
            continue
        local = one.moment.astimezone(ZoneInfo(ZONES[order.store]))
        said = [("channel", order.channel), ("store", order.store), ("hour", str(local.hour))]
        said.append(("weekday", str(order.day.isoweekday())))
        for product in one.goods:
            if product in GOODS:
                said += [("product", product)]
                known = zip(("department", "category", "brand"), GOODS[product], strict=True)
                said += [(name, option) for name, option in known if option]
        for dimension, option in said:
            found[dimension].append((order.member_id, (dimension, option, order.day)))
    return found


def preferred(mine: list[tuple[str, date]], everybody: Counter[str], k: float) -> Row | None:
    """Return the option chosen most beyond everybody's share, if it is a preference."""
    counted, total = Counter(option for option, _ in mine), sum(everybody.values())
    best: Row | None = None
    for option in sorted(counted):
        days = {day for held, day in mine if held == option}
        share, n = everybody[option] / total, counted[option]
        if not share or n < 3 or len(days) < 2:
            continue
        index = 100 * (n + k * share) / (len(mine) + k) / share
        beyond = n - len(mine) * share
        if index >= 120 and (best is None or beyond > best["beyond"]):
            best = {"option": option, "share": n / len(mine), "index": index, "beyond": beyond}
    return best


def strength(choices: list[tuple[str, Choice]]) -> float:
    """Return how much everybody's shares weigh, by the sums written out."""
    by_member: dict[str, Counter[str]] = defaultdict(Counter)
    everybody: Counter[str] = Counter()
    for member, (_, option, _) in choices:
        by_member[member][option] += 1
        everybody[option] += 1
    p = {option: n / everybody.total() for option, n in everybody.items()}
    spread = 1 - sum(share**2 for share in p.values())
    distance = sum((n[o] - n.total() * p[o]) ** 2 for n in by_member.values() for o in p)
    squares = sum(n.total() ** 2 for n in by_member.values())
    if distance <= everybody.total() * spread:
        return 1000.0
    found = (squares * spread - distance) / (distance - everybody.total() * spread)
    return round(min(max(found, 1.0), 1000.0), 4)


def by_hand(baskets: Iterable[Basket], then: Iterable[Basket], as_of: date, fit: date) -> Row:
    """Return everybody's row: ``baskets`` as of ``as_of``, shares of ``then`` as of ``fit``."""
    now, before = chosen(baskets, as_of), chosen(then, fit)
    rows: Row = {}
    for dimension, choices in now.items():
        everybody = Counter(option for _, (_, option, _) in before[dimension])
        k = strength(before[dimension])
        for member in {member for member, _ in choices}:
            mine = [(option, day) for owner, (_, option, day) in choices if owner == member]
            best = preferred(mine, everybody, k)
            row = rows.setdefault(member, {})
            if best is not None:
                number = dimension in ("hour", "weekday")
                row[f"preferred_{dimension}"] = int(best["option"]) if number else best["option"]
                row[f"{dimension}_share"] = pytest.approx(best["share"], abs=1e-12)
                row[f"{dimension}_index"] = pytest.approx(best["index"], abs=1e-6)
    return rows


def held(lake: Lake, as_of: date) -> Row:
    with lake.snapshot() as snapshot:
        table = snapshot.table("features/preferences")
        rows = by_key(table.filter(table["as_of"] == as_of), "member_id")
    return {str(member): row for member, row in rows.items()}


def said(rows: Row) -> Row:
    plain = {"member_id", "as_of", "model_version"}
    return {
        member: {name: value for name, value in row.items() if name not in plain and value}
        for member, row in rows.items()
    }


def test_preferences_are_those_counted_by_hand(tmp_path: Path) -> None:
    random, lake = Random(1), Lake(tmp_path / "lake")
    baskets = {f"o{n}": drawn(random, n) for n in range(160)}
    load(lake, baskets.values())
    # The last days but two of a month: one fit holds for them.
    fit = on(DAY - 16)
    assert refresh(lake, fit, producers=PREFERENCES).succeeded
    first = list(baskets.values())
    found = said(held(lake, fit))
    assert found == by_hand(first, first, fit, fit)
    names = {name for row in found.values() for name in row if name.startswith("preferred_")}
    assert len(names) >= 6
    corrected = [drawn(random, random.randrange(170)) for _ in range(6)]
    baskets |= {one.order.order_id: one for one in corrected}
    load(lake, {one.order.order_id: one for one in corrected}.values())
    for day in (fit, fit + timedelta(days=1)):
        (run,) = refresh(lake, day, producers=PREFERENCES).runs
        assert (run.mode, run.error) == ("incremental", None)
        quick = held(lake, day)
        assert said(quick) == by_hand(baskets.values(), first, day, fit)
        (run,) = refresh(lake, day, producers=PREFERENCES, full=True).runs
        assert run.mode == "full"
        assert quick == held(lake, day)


def test_another_month_compares_with_other_shares(tmp_path: Path) -> None:
    lake, random = Lake(tmp_path / "lake"), Random(3)
    load(lake, [drawn(random, n) for n in range(40)])
    day = on(DAY - 16)
    versions = []
    for later, refit in ((0, False), (1, False), (1, True), (3, False)):
        refresh(lake, day + timedelta(days=later), producers=PREFERENCES, refit=refit)
        rows = held(lake, day + timedelta(days=later)).values()
        versions.append({row["model_version"] for row in rows})
    assert versions[0] == versions[1]
    assert [len(one) for one in versions] == [1, 1, 1, 1]
    assert len({next(iter(one)) for one in versions}) == 3


def test_a_product_is_what_it_was_when_everybody_was_counted(tmp_path: Path) -> None:
    """Else a list of new goods, which comes every day, would move everybody every day."""
    lake, random = Lake(tmp_path / "lake"), Random(4)
    load(lake, [drawn(random, n) for n in range(60)])
    day = on(DAY - 16)
    refresh(lake, day, producers=PREFERENCES)
    before = held(lake, day)
    load(lake, [], GOODS | {"p1": ("care", "soap", "hill"), "p7": ("toys", "ball", "hill")})
    assert refresh(lake, day, producers=PREFERENCES, full=True).succeeded
    assert held(lake, day) == before
    refresh(lake, day, producers=PREFERENCES, refit=True)
    assert held(lake, day) != before


def test_nobody_bought_anything(tmp_path: Path) -> None:
    lake = Lake(tmp_path / "lake")
    load(lake, [])
    report = refresh(lake, on(9), producers=PREFERENCES)
    assert [(run.state, run.rows_out) for run in report.runs] == [("done", 0)]
