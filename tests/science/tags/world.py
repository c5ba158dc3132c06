"""A lake with a few members and orders at random, and tags of every kind over it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import pyarrow as pa

from regulars.lake import Lake
from regulars.lake.contracts import contract
from regulars.science.producers import RfmProducer, refresh
from regulars.science.rfm import RfmOptions
from regulars.science.rules import (
    Cases,
    Label,
    Vocabulary,
    amount_from_text,
    from_text,
    lake_vocabulary,
)
from regulars.science.tags import TagRule, tag_field
from tests.science.history import Member, Order, on
from tests.science.lake_rows import member_rows, order_rows

AS_OF = on(100)
LABEL = Label("what it is", "名称")
VOCABULARY: Vocabulary = lake_vocabulary(
    declared=[
        tag_field("spent", numeric=True, label=LABEL),
        tag_field("recent", numeric=False, label=LABEL, values=("hot", "warm")),
        tag_field("vip", numeric=False, label=LABEL),
    ]
)


def cases(*pairs: tuple[str, str], otherwise: str | None = None) -> Cases:
    of = tuple((value, from_text(text, VOCABULARY)) for value, text in pairs)
    return Cases(of, otherwise)


RECENT = TagRule(
    code="recent",
    choice=cases(("hot", "did order in last 30 days"), ("warm", "did order"), otherwise="cold"),
)
SPENT = TagRule(
    code="spent", numeric=True, choice=amount_from_text("did order sum net_amount", VOCABULARY)
)
ON_TOP = TagRule(code="on_top", choice=cases(("yes", "feature.rfm.monetary in top 3")))
TOGETHER = TagRule(code="together", choice=cases(("yes", 'tag.recent = "hot" and tag.spent >= 40')))
LARGEST = TagRule(
    code="largest",
    numeric=True,
    query="SELECT member_id, max(net_amount) AS value FROM orders "
    "WHERE business_date < $as_of AND member_id IS NOT NULL GROUP BY member_id",
    per_member=True,
)
# Who buys moves the marks of others: their rows of the feature are revised, their facts are not.
MARK = TagRule(
    code="mark",
    query='SELECT member_id, m_score::VARCHAR AS value FROM "features/rfm" WHERE as_of = $as_of',
    per_member=True,
)
VIP = TagRule(code="vip", assigned=True)
TAGS = (TOGETHER, RECENT, SPENT, ON_TOP, LARGEST, VIP)
PRODUCERS = (RfmProducer(options=RfmOptions()),)


def drawn_orders(seed: int, members: int, count: int) -> list[Order]:
    dice = Random(seed)
    return [
        Order(
            order_id=f"o{seed}-{n}",
            member_id=f"m{dice.randrange(members):02}",
            day=on(dice.randrange(110)),
            net=Decimal(dice.randrange(100, 5_000)) / 100,
            channel=dice.choice(("pos", "web")),
        )
        for n in range(count)
    ]


def new_lake(folder: Path, *, members: int = 20, orders: int = 60) -> Lake:
    lake = Lake(folder / "lake")
    people = [Member(f"m{n:02}", on(n % 7)) for n in range(members)]
    with lake.transaction() as transaction:
        transaction.upsert("members", member_rows(people))
        transaction.upsert("orders", order_rows(drawn_orders(1, members, orders)))
    refresh(lake, AS_OF, producers=PRODUCERS)
    return lake


def buy(lake: Lake, *orders: Order, as_of: date = AS_OF) -> None:
    with lake.transaction() as transaction:
        transaction.upsert("orders", order_rows(orders))
    refresh(lake, as_of, producers=PRODUCERS)


def assign(lake: Lake, member: str, tag: str, value: str | None, *, number: int = 1) -> None:
    row = {
        "assignment_id": f"a{number}-{member}-{tag}",
        "member_id": member,
        "tag": tag,
        "value": value,
        "provenance": "hand:ada",
        "assigned_at": datetime(2024, 4, 1, 9, number, tzinfo=UTC),
    }
    schema = contract("tag_assignments").arrow_schema
    with lake.transaction() as transaction:
        transaction.append("tag_assignments", pa.Table.from_pylist([row], schema=schema))


def held(lake: Lake) -> dict[str, dict[str, Any]]:
    """Return every member's tags that have a value."""
    rows = lake.snapshot().table("tags").drop("as_of").to_pyarrow().to_pylist()
    found = {
        row.pop("member_id"): {code: value for code, value in row.items() if value is not None}
        for row in rows
    }
    assert len(found) == len(rows)
    return found


def kept_changes(lake: Lake) -> set[tuple[str, str, str | None, date]]:
    rows = lake.snapshot().table("tag_history").to_pyarrow().to_pylist()
    found = {(row["member_id"], row["tag"], row["value"], row["until"]) for row in rows}
    assert len(found) == len(rows)
    return found


def without(*codes: str) -> tuple[TagRule, ...]:
    return tuple(replace(tag) for tag in TAGS if tag.code not in codes)
