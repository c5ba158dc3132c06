"""Two hundred tags of a million members: everybody, a date later, one member in a thousand.

The eighty shipped tags, and more of the same kinds over other windows. Beside it what no engine can
do without: reading the columns of all orders and lines once, and writing two hundred columns.
``REGULARS_BENCH_TAGS_MEMBERS`` sets how many members there are (1,000,000).
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import duckdb
import pyarrow as pa

from benchmarks.harness import Measurement, measured
from benchmarks.lakes.million import BUSINESS_DATE, Size, own_million_lake
from regulars.apps.tags.rules.meaning import tag_rule, words
from regulars.apps.tags.services.installing import shipped_packs
from regulars.apps.tags.types import TagDefinition, ValueSpec, ValueType
from regulars.lake import Lake
from regulars.science.producers import LifecycleProducer, RfmProducer, refresh
from regulars.science.rules import Vocabulary
from regulars.science.tags import TagReport, TagRule, refresh_tags

MEMBERS = int(os.environ.get("REGULARS_BENCH_TAGS_MEMBERS", "1000000"))
TAGS = 200
WINDOWS = (14, 21, 45, 60, 75, 120, 150, 240, 300, 450, 540, 700)
YES = (
    "did order in last {d} days",
    "did order in last {d} days count >= 3",
    "did order in last {d} days sum net_amount >= 500",
    'did order in last {d} days where channel = "pos" count >= 2',
    "did order in last {d} days where item_count >= 5 and not did order in last 7 days",
    "did order in last {d} days distinct store_id >= 2",
)
NUMBERS = (
    "did order in last {d} days sum net_amount",
    "did order in last {d} days count",
    "did order in last {d} days sum net_amount per did order in last {d} days count",
    "did order in last {d} days highest net_amount",
)


def measurements() -> Sequence[Measurement]:
    lake = own_million_lake(Size(members=MEMBERS))
    tags, known = two_hundred()
    later = BUSINESS_DATE + timedelta(days=1)
    for day in (BUSINESS_DATE, later):
        refresh(lake, day, producers=(RfmProducer(), LifecycleProducer()))

    def decided(day: date) -> TagReport:
        report = refresh_tags(lake, day, tags, vocabulary=known)
        assert not report.errors, report.errors
        return report

    first, everybody = measured(
        "everybody", lambda: decided(BUSINESS_DATE), rows=MEMBERS, repeats=1
    )
    second, next_day = measured("a date later", lambda: decided(later), rows=MEMBERS, repeats=1)
    touch(lake, MEMBERS // 1_000)
    third, some = measured("one in a thousand", lambda: decided(later), rows=MEMBERS, repeats=1)
    assert (first.run.mode, second.run.mode, third.run.mode) == ("full", "full", "incremental")
    kept = lake.snapshot().table("tag_history").count().to_pyarrow().as_py()
    _, limit = measured("read once, write once", lambda: limit_of(lake), rows=MEMBERS, repeats=1)
    return [
        replace(everybody, note=f"{TAGS} tags, {first.run.rows_out:,} members"),
        replace(next_day, note=f"compared with the day before: {kept:,} changes kept"),
        replace(some, note=f"{third.run.members_touched:,} touched, ranks of everybody"),
        replace(limit, note="the columns of all orders and lines, and 200 columns"),
    ]


def two_hundred() -> tuple[list[TagRule], Vocabulary]:
    shipped = [tag for pack in shipped_packs() for tag in pack.tags]
    several = [*shipped, *more(shipped[0])][:TAGS]
    known = words(several)
    return [tag_rule(one, known) for one in several], known


def more(like: TagDefinition) -> Iterator[TagDefinition]:
    for window in WINDOWS:
        for n, text in enumerate(YES):
            when = text.format(d=window)
            value = ValueSpec(code="yes", name_zh="是", name_en="Yes", when=when)
            yield replace(like, code=f"yes_{n}_{window}d", take="", values=(value,))
        for n, text in enumerate(NUMBERS):
            yield replace(
                like,
                code=f"number_{n}_{window}d",
                take=text.format(d=window),
                values=(),
                value_type=ValueType.QUANTITATIVE,
            )


def touch(lake: Lake, members: int) -> None:
    """Give a few members one more order, of the last day."""
    orders = lake.snapshot().table("orders")
    few = orders.distinct(on="member_id", keep="first").limit(members).to_pyarrow()
    names = pa.array([f"more-{n}" for n in range(few.num_rows)])
    place = few.schema.get_field_index("order_id")
    with lake.transaction() as transaction:
        transaction.append("orders", few.set_column(place, "order_id", names))


def limit_of(lake: Lake) -> None:
    """Read every column that the tags ask for, and write as many columns as there are tags."""
    snapshot = lake.snapshot()
    orders, lines = (
        ", ".join(f"'{path}'" for path in snapshot.readable(name).paths)
        for name in ("orders", "order_lines")
    )
    columns = ", ".join(f"hash(member_id, {n}) % 5 AS tag_{n}" for n in range(TAGS))
    target = Path(os.environ["REGULARS_HOME"]) / "limit.parquet"
    with duckdb.connect() as engine:
        engine.execute(
            "SELECT max(member_id), max(business_date), max(ordered_at), max(channel), "
            "sum(net_amount), sum(discount_amount), sum(list_amount), sum(coupon_amount), "
            f"sum(item_count), sum(line_count), max(store_id) FROM read_parquet([{orders}])"
        )
        engine.execute(
            "SELECT max(member_id), max(business_date), max(product_id), sum(net_amount) "
            f"FROM read_parquet([{lines}])"
        )
        members = snapshot.readable("members").query
        engine.execute(
            f"COPY (SELECT member_id, {columns} FROM ({members})) TO '{target}' (FORMAT parquet)"
        )
