"""A small chain at random: every table that the shipped tags read, with gaps and odd cases."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from random import Random
from typing import Any

import pyarrow as pa

from regulars.lake import Lake
from regulars.lake.contracts import contract
from regulars.science.producers import profile_producers, refresh, standard_producers

AS_OF = date(2024, 3, 1)
MEMBERS = 150
CHANNELS = ("pos", "pos", "web", "app", "miniprogram", "wecom")
_STORES = {"s1": ("r1", "Asia/Shanghai"), "s2": ("r1", "Asia/Urumqi"), "s3": (None, "UTC")}
_CODES = [f"{chr(65 + n % 7)}{n}" for n in range(30)]
# Of the profile's producers those that shipped tags rest on.
_PROFILE = {"preferences", "cycle", "strata"}
Row = dict[str, Any]


def rows_of_chain(seed: int = 4) -> dict[str, pa.Table]:
    """Return the rows of every table."""
    dice = Random(seed)
    members = [_member(dice, n) for n in range(MEMBERS)]
    buyers = members[: MEMBERS - 15]
    orders = [
        _order(dice, n, dice.choice(buyers[: 1 + n % len(buyers)])["member_id"])
        for n in range(1_200)
    ]
    lines = [line for order in orders for line in _lines(dice, order)]
    rows: dict[str, list[Row]] = {
        "members": members,
        "orders": orders,
        "order_lines": lines,
        "products": [_product(n, code) for n, code in enumerate(_CODES)],
        "stores": [
            {"store_id": s, "name": s, "region_id": region, "zone": zone}
            for s, (region, zone) in _STORES.items()
        ],
        "refunds": [_refund(dice, n, order) for n, order in enumerate(orders) if n % 17 == 0],
        "events": [_event(dice, n, dice.choice(members)) for n in range(900)],
        "feedback": [_feedback(dice, n, dice.choice(members)) for n in range(200)],
        "sends": [_send(dice, n, dice.choice(members)) for n in range(200)],
        "redemptions": [_redemption(dice, n, dice.choice(members)) for n in range(60)],
    }
    return {name: _table(name, several) for name, several in rows.items()}


def lake_of_chain(lake: Lake, rows: dict[str, pa.Table]) -> Lake:
    """Write the rows and compute the features as of ``AS_OF``."""
    with lake.transaction() as transaction:
        for name, table in rows.items():
            transaction.append(name, table)
    chosen = [one for one in profile_producers() if one.name in _PROFILE]
    refresh(lake, AS_OF, producers=(*standard_producers(), *chosen))
    return lake


def _member(dice: Random, n: int) -> Row:
    joined = _day(dice, 1_500) if n % 11 else None
    return {
        "member_id": f"m{n:03}",
        "home_store_id": dice.choice(("s1", "s2", "s3", None)),
        "guide_id": dice.choice(("g1", None)),
        "joined_on": joined,
        "joined_channel": dice.choice((*CHANNELS, None)),
        "gender": dice.choice(("female", "male", "other", None)),
        "birth_date": date(dice.randrange(1945, 2012), dice.randrange(1, 13), 15)
        if n % 5
        else None,
    }


def _order(dice: Random, n: int, member: str) -> Row:
    likes = Random(member)
    store, channel = likes.choice(("s1", "s2", "s3")), likes.choice(CHANNELS)
    day, hour, weekday = _day(dice, 600), likes.randrange(24), likes.randrange(7)
    if dice.random() < 0.5:
        day -= timedelta(days=(day.weekday() - weekday) % 7)
    listed = Decimal(dice.randrange(50, 6_000)) / 10
    discount = listed * dice.choice((0, 0, 10, 30)) / 100
    coupon = Decimal(dice.choice((0, 0, 0, 5)))
    return {
        "order_id": f"o{n:05}",
        "member_id": member if n % 20 else None,
        "store_id": store if dice.random() < 0.5 else dice.choice(("s1", "s2", "s3")),
        "channel": channel if dice.random() < 0.5 else dice.choice(CHANNELS),
        **_when(dice, day, "ordered_at", hour=hour if dice.random() < 0.4 else None),
        "currency": "CNY",
        "list_amount": round(listed, 2),
        "discount_amount": round(discount, 2),
        "coupon_amount": coupon,
        "net_amount": round(listed, 2) - round(discount, 2),
        "line_count": dice.randrange(1, 6),
        "item_count": dice.randrange(1, 30),
    }


def _lines(dice: Random, order: Row) -> list[Row]:
    liked = [Random(order["member_id"]).randrange(len(_CODES))] * 20
    same = ("order_id", "member_id", "store_id", "ordered_at", "business_date", "business_month")
    return [
        {
            **{name: order[name] for name in same},
            "line_no": str(number),
            "product_id": f"p{dice.choice((*liked, *range(len(_CODES) + 1)))}",
            "quantity": Decimal(1),
            "item_count": 1,
            "currency": "CNY",
            "list_amount": Decimal(3),
            "discount_amount": Decimal(0),
            "coupon_amount": Decimal(0),
            "net_amount": Decimal(dice.randrange(1, 900)) / 100,
            "flags": "",
        }
        for number in range(order["line_count"])
    ]


def _product(n: int, code: str) -> Row:
    return {
        "product_id": f"p{n}",
        "brand": f"b{n % 4}" if n % 6 else None,
        "department": code[0],
        "category": code,
        "measured": False,
        "placeholder": False,
    }


def _refund(dice: Random, n: int, order: Row) -> Row:
    day = order["business_date"] + timedelta(days=dice.randrange(40))
    return {
        "refund_id": f"f{n}",
        "order_id": order["order_id"],
        "member_id": order["member_id"],
        "store_id": order["store_id"],
        "channel": order["channel"],
        **_when(dice, day, "refunded_at", month=False),
        "currency": "CNY",
        "amount": round(order["net_amount"] * dice.choice((1, 2)) / 2, 2),
    }


def _event(dice: Random, n: int, member: Row) -> Row:
    what = dice.choice(("view", "add_to_cart", "search"))
    return {
        "event_id": f"e{n}",
        "member_id": member["member_id"],
        "event": what,
        "channel": "web",
        **_when(dice, _day(dice, 120), "occurred_at"),
    }


def _feedback(dice: Random, n: int, member: Row) -> Row:
    return {
        "feedback_id": f"k{n}",
        "member_id": member["member_id"],
        "kind": "review",
        "channel": "web",
        **_when(dice, _day(dice, 500), "given_at", month=False),
        "rating": dice.choice((1, 2, 3, 4, 5, None)),
    }


def _send(dice: Random, n: int, member: Row) -> Row:
    return {
        "send_id": f"d{n}",
        "member_id": member["member_id"],
        "campaign_id": "c1",
        "channel": "sms",
        **_when(dice, _day(dice, 90), "sent_at", month=False),
    }


def _redemption(dice: Random, n: int, member: Row) -> Row:
    return {
        "redemption_id": f"x{n}",
        "member_id": member["member_id"],
        "coupon_id": "u1",
        "campaign_id": "c1",
        **_when(dice, _day(dice, 400), "redeemed_at", month=False),
    }


def _day(dice: Random, days: int) -> date:
    # Some lie on or after the date everything is as of: they do not exist yet.
    return AS_OF + timedelta(days=5 - dice.randrange(days))


def _when(
    dice: Random, day: date, name: str, *, month: bool = True, hour: int | None = None
) -> Row:
    drawn = dice.randrange(24)
    at = time(drawn if hour is None else hour, dice.randrange(60))
    moment = datetime.combine(day, at, tzinfo=UTC)
    found: Row = {name: moment, "business_date": day}
    return found | ({"business_month": f"{day:%Y-%m}"} if month else {})


def _table(name: str, rows: list[Row]) -> pa.Table:
    schema = contract(name).arrow_schema
    return pa.Table.from_pylist([{"source": "test"} | row for row in rows], schema=schema)
