"""An incremental refresh gives exactly the features of a full one, whatever happened between."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from shutil import copytree

import ibis.expr.types as ir
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from regulars.lake import Lake
from regulars.science.lifecycle import LifecycleRules
from regulars.science.producers import Producer, refresh, standard_producers
from regulars.science.producers.touched import (
    TouchedTables,
    carried_over,
    features_of,
    touched_members,
)
from regulars.science.rfm import RfmOptions
from tests.science.history import (
    MEMBER_IDS,
    Member,
    Order,
    by_key,
    cents,
    members_table,
    on,
    on_tables,
    orders_table,
)
from tests.science.lake_rows import member_rows, order_rows

pytestmark = pytest.mark.slow

SETTINGS = (
    standard_producers(
        rfm=RfmOptions(window_days=30),
        lifecycle=LifecycleRules(mature_orders=3, dormant_days=10, churned_days=25),
    ),
    standard_producers(rfm=RfmOptions(window_days=45, method="mean", levels=3, high="score")),
)
REMOVED = pa.schema({"order_id": pa.string()})
FEATURES = ("features/rfm", "features/lifecycle")


@dataclass(frozen=True)
class Step:
    """What one load brings and when the refresh after it is."""

    orders: list[Order]  # new, late, dated in the future, or with a known id: a correction
    removed_ids: set[str]
    members: list[Member]
    erased: str | None
    as_of: date
    settings: int


order = st.builds(
    Order,
    order_id=st.integers(0, 12).map("o{}".format),
    member_id=st.sampled_from((*MEMBER_IDS, None)),
    day=st.integers(0, 100).map(on),
    net=cents,
    items=st.integers(0, 3),
)
member = st.builds(Member, st.sampled_from(MEMBER_IDS), st.none() | st.integers(0, 100).map(on))
step = st.builds(
    Step,
    orders=st.lists(order, max_size=8, unique_by=lambda o: o.order_id),
    removed_ids=st.sets(st.integers(0, 12).map("o{}".format), max_size=3),
    members=st.lists(member, max_size=3, unique_by=lambda m: m.member_id),
    erased=st.none() | st.sampled_from(MEMBER_IDS),
    as_of=st.integers(1, 100).map(on),
    settings=st.sampled_from((0, 0, 0, 1)),
)


@settings(deadline=None, max_examples=5, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(step, min_size=2, max_size=4))
def test_in_a_lake(steps: list[Step]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        lake = Lake(Path(folder) / "lake")
        for taken in steps:
            write(lake, taken)
            producers = SETTINGS[taken.settings]
            assert refresh(lake, taken.as_of, producers=producers).succeeded
            quick = held(lake, taken.as_of)
            whole = refresh(lake, taken.as_of, producers=producers, full=True)
            assert {run.mode for run in whole.runs} == {"full"}
            assert quick == held(lake, taken.as_of)


@pytest.mark.parametrize("chosen", [0, 1])
def test_few_of_many_members(tmp_path: Path, chosen: int) -> None:
    """Few rows are then written beside the others, and now and then all rows anew."""
    random = Random(chosen)
    people = [Member(f"m{n:03}", on(random.randrange(90))) for n in range(150)]
    lake, producers = Lake(tmp_path / "lake"), SETTINGS[chosen]
    orders = [_random_order(random, n, people) for n in range(600)]
    write(lake, Step(orders, set(), people, None, on(0), 0))
    assert refresh(lake, on(70), producers=producers).succeeded
    day, written = 70, []
    for round_number in range(3):
        moved = [_random_order(random, random.randrange(620), people) for _ in range(3)]
        orders = list({order.order_id: order for order in moved}.values())
        erased = random.choice(people).member_id if round_number == 1 else None
        write(lake, Step(orders, {f"o{random.randrange(600)}"}, [], erased, on(0), 0))
        day += int(round_number == 2)
        report = refresh(lake, on(day), producers=producers)
        assert {run.mode for run in report.runs} == {"incremental"}
        written.append(report.runs[1].rows_written)
        quick, whole_lake = held(lake, on(day)), Lake(tmp_path / f"whole-{round_number}")
        copytree(lake.root, whole_lake.root)
        assert refresh(whole_lake, on(day), producers=producers, full=True).succeeded
        assert quick == held(whole_lake, on(day))
    assert max(n for n in written[:2] if n is not None) <= 20
    assert written[2] == len(quick[1])


def _random_order(random: Random, number: int, people: list[Member]) -> Order:
    cents = Decimal(random.randrange(10_000)) / 100
    owner = random.choice(people).member_id
    return Order(f"o{number}", owner, on(random.randrange(75)), cents)


def write(lake: Lake, taken: Step) -> None:
    with lake.transaction(note="step") as transaction:
        transaction.remove("orders", pa.table({"order_id": sorted(taken.removed_ids)}, REMOVED))
        if taken.erased is not None:
            transaction.erase_member(taken.erased)
        transaction.upsert("orders", order_rows(taken.orders))
        transaction.upsert("members", member_rows(taken.members))


def held(lake: Lake, as_of: date) -> list[dict[object, dict[str, object]]]:
    with lake.snapshot() as snapshot:
        tables = [snapshot.table(name) for name in FEATURES]
        return [by_key(table.filter(table["as_of"] == as_of), "member_id") for table in tables]


@dataclass(frozen=True)
class Memory:
    """A lake in memory at one moment."""

    orders: dict[str, Order]
    members: dict[str, Member]

    def table(self, name: str) -> ir.Table:
        if name == "orders":
            return orders_table(list(self.orders.values()))
        return members_table(list(self.members.values()))

    def without(self, erased: str | None) -> Memory:
        return Memory(
            {key: held for key, held in self.orders.items() if held.member_id != erased},
            {key: held for key, held in self.members.items() if key != erased},
        )

    def after(self, taken: Step) -> Memory:
        left = self if taken.erased is None else self.without(taken.erased)
        kept = {key: held for key, held in left.orders.items() if key not in taken.removed_ids}
        return Memory(
            kept | {o.order_id: o for o in taken.orders},
            left.members | {m.member_id: m for m in taken.members},
        )


@settings(on_tables, max_examples=12)
@given(step, step, st.integers(0, 60), st.sampled_from((0, 1)))
def test_in_memory(first: Step, second: Step, days_later: int, chosen: int) -> None:
    before = Memory({}, {}).after(first)
    now = before.after(second)
    since, as_of = first.as_of, first.as_of + timedelta(days=days_later)
    # An erasure takes the member out of the features too, so what comes back is new.
    left = before if second.erased is None else before.without(second.erased)
    changed = members_table([Member(m, None) for m in owners(left, now)])
    for producer in SETTINGS[chosen]:
        previous = features(producer, before, since)
        if second.erased is not None:
            previous = previous.filter(previous["member_id"] != second.erased)
        touched = touched_members(producer, now, changed, since=since, as_of=as_of)
        facts = {
            name: now.table(name).select(*producer.fact_columns).semi_join(touched, "member_id")
            for name in producer.facts
        }
        mine = TouchedTables(now, touched, facts)
        anew = producer.measure(mine, as_of)
        measured = carried_over(producer, anew, previous, touched)
        quick = features_of(producer, measured, yardstick(producer, measured, as_of), as_of)
        assert by_key(quick, "member_id") == by_key(features(producer, now, as_of), "member_id")


def features(producer: Producer, memory: Memory, as_of: date) -> ir.Table:
    measured = producer.measure(memory, as_of)
    return features_of(producer, measured, yardstick(producer, measured, as_of), as_of)


def yardstick(producer: Producer, measured: ir.Table, as_of: date) -> ir.Table | None:
    return producer.yardstick(measured, as_of) if producer.compares else None


def owners(before: Memory, now: Memory) -> Iterable[str]:
    """Return the members whose orders or own row differ, as the lake notes them."""
    people = before.members.keys() | now.members.keys()
    found = {m for m in people if before.members.get(m) != now.members.get(m)}
    for key in before.orders.keys() | now.orders.keys():
        held, brought = before.orders.get(key), now.orders.get(key)
        if held != brought:
            found |= {o.member_id for o in (held, brought) if o and o.member_id is not None}
    return found
