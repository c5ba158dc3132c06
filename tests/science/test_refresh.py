"""Refreshing feature tables: what is written, logged, skipped and kept."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import ibis.expr.types as ir
import pytest

from regulars.base.errors import RuleError
from regulars.lake import Lake
from regulars.science import lifecycle, rfm
from regulars.science.lifecycle import LifecycleRules
from regulars.science.producers import (
    LifecycleProducer,
    Producer,
    RfmProducer,
    last_runs,
    latest_as_of,
    refresh,
    standard_producers,
)
from regulars.science.producers.producer import Tables
from regulars.science.producers.run_log import append_runs
from regulars.science.rfm import RfmOptions
from tests.science.history import Member, Order, bought, by_key, on, rows
from tests.science.lake_rows import member_rows, order_rows

MEMBERS = [Member("a", on(0)), Member("b", None), Member("c", on(3))]
ORDERS = [*bought("a", 1, 5, 9, net="3.30"), *bought("b", 2), *bought(None, 8)]


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    lake = Lake(tmp_path / "lake")
    load(lake, ORDERS, MEMBERS)
    return lake


def load(lake: Lake, orders: list[Order], members: list[Member] | None = None) -> None:
    with lake.transaction(note="load") as transaction:
        transaction.upsert("orders", order_rows(orders))
        if members is not None:
            transaction.upsert("members", member_rows(members))


def features(lake: Lake, name: str, as_of: date) -> dict[object, dict[str, object]]:
    with lake.snapshot() as snapshot:
        table = snapshot.table(f"features/{name}")
        return by_key(table.filter(table["as_of"] == as_of), "member_id")


def test_features_are_what_science_computes(lake: Lake) -> None:
    report = refresh(lake, on(10))
    assert [(run.producer, run.state, run.mode) for run in report.runs] == [
        ("rfm", "done", "full"),
        ("lifecycle", "done", "full"),
    ]
    with lake.snapshot() as snapshot:
        orders, members = snapshot.table("orders"), snapshot.table("members")
        assert features(lake, "rfm", on(10)) == by_key(rfm.score(orders, as_of=on(10)), "member_id")
        staged = by_key(lifecycle.stages(orders, members, as_of=on(10)), "member_id")
    assert features(lake, "lifecycle", on(10)) == staged
    assert set(staged) == {"a", "b", "c"}


def test_the_log_holds_what_each_run_did(lake: Lake) -> None:
    with lake.snapshot() as loaded:
        version = loaded.versions["orders"]
    report = refresh(lake, on(10))
    with lake.snapshot() as snapshot:
        logged = {run.producer: run for run in last_runs(snapshot)}
    for run in report.runs:
        assert logged[run.producer] == run
        assert run.run_id == report.run_id
        assert run.peak_memory_mb > 0
    assert (logged["rfm"].members_touched, logged["rfm"].rows_in) == (2, 5)
    assert (logged["rfm"].rows_out, logged["lifecycle"].rows_out) == (2, 3)
    assert logged["rfm"].lake_sequence == 1
    assert logged["rfm"].sources == {"orders": version}


def test_nothing_new_writes_nothing(lake: Lake) -> None:
    refresh(lake, on(10))
    before = lake.tables()
    report = refresh(lake, on(10))
    assert report.unchanged
    assert report.succeeded
    assert {(run.state, run.mode) for run in report.runs} == {("unchanged", "none")}
    assert lake.tables() == before


def test_only_members_with_new_facts_are_measured(lake: Lake) -> None:
    refresh(lake, on(10))
    load(lake, [Order("corrected", "b", on(4), Decimal("50.00"))])
    report = refresh(lake, on(10))
    assert [(run.state, run.mode) for run in report.runs] == [("done", "incremental")] * 2
    assert [(run.members_touched, run.rows_in) for run in report.runs] == [(1, 2), (1, 2)]
    assert features(lake, "rfm", on(10))["b"]["monetary"] == Decimal("60.00")
    assert features(lake, "lifecycle", on(10))["b"]["lifecycle_stage"] == "growth"


def test_a_member_who_joins_needs_no_order(lake: Lake) -> None:
    refresh(lake, on(10))
    load(lake, [], [Member("d", on(9))])
    report = refresh(lake, on(10))
    assert [(run.producer, run.state) for run in report.runs] == [
        ("rfm", "unchanged"),
        ("lifecycle", "done"),
    ]
    assert features(lake, "lifecycle", on(10))["d"]["lifecycle_stage"] == "introduction"
    with lake.snapshot() as snapshot:
        assert [run.state for run in last_runs(snapshot, limit=2)] == ["done", "unchanged"]


def test_time_alone_moves_members(lake: Lake) -> None:
    refresh(lake, on(10))
    report = refresh(lake, on(500))
    assert [run.mode for run in report.runs] == ["incremental"] * 2
    assert features(lake, "rfm", on(500)) == {}
    stages = {row["lifecycle_stage"] for row in features(lake, "lifecycle", on(500)).values()}
    assert stages == {"churned"}
    assert set(features(lake, "rfm", on(10))) == {"a", "b"}


@pytest.mark.parametrize("reason", ["asked", "earlier date", "other options"])
def test_a_full_run(lake: Lake, reason: str) -> None:
    refresh(lake, on(10))
    producers = standard_producers(
        rfm=RfmOptions(levels=3 if reason == "other options" else 5),
        lifecycle=LifecycleRules(dormant_days=30 if reason == "other options" else 60),
    )
    as_of = on(6) if reason == "earlier date" else on(10)
    report = refresh(lake, as_of, full=reason == "asked", producers=producers)
    assert [(run.state, run.mode) for run in report.runs] == [("done", "full")] * 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken(RfmProducer):
    """An RFM producer that stops half way."""

    def place(self, compared: ir.Table, as_of: date) -> ir.Table:
        raise RuleError("the scale is off", where="features/rfm")


def test_a_failure_blocks_who_needs_it_and_keeps_the_last_good_features(lake: Lake) -> None:
    refresh(lake, on(10))
    kept = features(lake, "rfm", on(10)), features(lake, "lifecycle", on(10))
    load(lake, bought("c", 9))
    report = refresh(lake, on(10), producers=[LifecycleProducer(needs=("rfm",)), Broken()])
    assert not report.succeeded
    assert [(run.producer, run.state, run.error) for run in report.runs] == [
        ("rfm", "failed", "features/rfm: the scale is off"),
        ("lifecycle", "blocked", "waits for rfm"),
    ]
    assert (features(lake, "rfm", on(10)), features(lake, "lifecycle", on(10))) == kept
    with lake.snapshot() as snapshot:
        assert {run.state for run in last_runs(snapshot, limit=2)} == {"failed", "blocked"}
    repaired = refresh(lake, on(10))
    assert [(run.state, run.mode) for run in repaired.runs] == [("done", "incremental")] * 2
    assert set(features(lake, "rfm", on(10))) == {"a", "b", "c"}


def test_a_failure_does_not_stop_the_others(lake: Lake) -> None:
    report = refresh(lake, on(10), producers=[Broken(), LifecycleProducer()])
    assert {run.producer: run.state for run in report.runs} == {
        "rfm": "failed",
        "lifecycle": "done",
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Unfitted(RfmProducer):
    """One whose model needs a library that is there and cannot be loaded."""

    note: None = None

    def prepared(self, lake: Lake, as_of: date, *, refit: bool) -> Producer:
        raise OSError("libgomp.so.1: cannot open shared object file")


def test_a_model_that_cannot_be_made_does_not_stop_the_others(lake: Lake) -> None:
    report = refresh(lake, on(10), producers=(Unfitted(), LifecycleProducer()))
    assert [(run.producer, run.state) for run in report.runs] == [
        ("rfm", "failed"),
        ("lifecycle", "done"),
    ]
    assert "libgomp" in (report.runs[0].error or "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Overtaken(RfmProducer):
    """An RFM producer in whose time another refresh comes and goes."""

    lake: Lake

    def place(self, compared: ir.Table, as_of: date) -> ir.Table:
        refresh(self.lake, as_of, producers=[RfmProducer()])
        return RfmProducer.place(self, compared, as_of)


@pytest.mark.parametrize("earlier", [(), (LifecycleProducer(),)])
def test_two_refreshes_do_not_overwrite_each_other(
    lake: Lake, earlier: tuple[Producer, ...]
) -> None:
    as_of = on(10 + len(earlier))  # of a date of its own, so that it is asked
    report = refresh(lake, as_of, producers=[*earlier, Overtaken(lake=lake)])
    assert {run.state for run in report.runs[:-1]} <= {"done"}
    run = report.runs[-1]
    assert run.state == "failed"
    assert run.error == (
        "features/rfm: another refresh has written these features meanwhile. Run again"
    )
    assert refresh(lake, as_of, producers=[RfmProducer()]).unchanged


def test_a_step_is_compiled_once_in_a_process(lake: Lake) -> None:
    asked: list[date] = []

    class Counted(RfmProducer):
        def measure(self, tables: Tables, as_of: date) -> ir.Table:
            asked.append(as_of)
            return RfmProducer.measure(self, tables, as_of)

    for day in range(6):
        load(lake, bought("abcbac"[day], day))
        as_of = on(10 + day // 3)
        assert refresh(lake, as_of, producers=[Counted(), LifecycleProducer()]).succeeded
        with lake.snapshot() as snapshot:
            scored = by_key(rfm.score(snapshot.table("orders"), as_of=as_of), "member_id")
        assert features(lake, "rfm", as_of) == scored
    # All members; those with new orders; those for whom a day has passed; those with new orders.
    assert asked == [on(10), on(10), on(11), on(11)]
    refresh(lake, as_of, producers=[Counted(options=RfmOptions(levels=3))])
    assert asked == [on(10), on(10), on(11), on(11), on(11)]


def test_work_tables_do_not_stay(lake: Lake) -> None:
    refresh(lake, on(10), producers=[Broken(), LifecycleProducer()])
    with lake.snapshot() as snapshot:
        named = "SELECT table_name FROM duckdb_tables() WHERE temporary"
        assert snapshot.connection.raw_sql(named).fetchall() == []


def test_the_date_defaults_to_the_day_after_the_last_order(lake: Lake, tmp_path: Path) -> None:
    with lake.snapshot() as snapshot:
        assert latest_as_of(snapshot) == on(10)
    with (
        Lake(tmp_path / "empty").snapshot() as empty,
        pytest.raises(RuleError, match="orders: there is no order yet"),
    ):
        latest_as_of(empty)


def test_an_empty_lake_gives_empty_features(tmp_path: Path) -> None:
    lake = Lake(tmp_path / "lake")
    assert refresh(lake, on(10)).succeeded
    with lake.snapshot() as snapshot:
        assert rows(snapshot.table("features/rfm")) == []
        assert rows(snapshot.table("features/lifecycle")) == []


def test_the_log_keeps_what_buyers_were_compared_with(lake: Lake) -> None:
    options = RfmOptions(levels=2)
    before, unplaced = refresh(lake, on(10), producers=standard_producers(rfm=options)).runs
    # Days 1 and 8, 3 orders and 1, 9.90 and 10.00: the least value beyond each cut and mean.
    assert before.yardstick == {
        "r_cut_1": 8, "r_mean": 8, "f_cut_1": 3, "f_mean": 3, "m_cut_1": 1000, "m_mean": 1000,
    }  # fmt: skip
    assert unplaced.yardstick is None
    load(lake, bought("c", 9, net="12.00"))
    after = refresh(lake, on(10), producers=standard_producers(rfm=options)).runs[0]
    assert after.mode == "incremental"
    # b was not touched, and is no longer among the better half.
    assert after.yardstick is not None
    assert after.yardstick["m_cut_1"] == 1200
    assert features(lake, "rfm", on(10))["b"]["m_score"] == 1
    assert after.rows_written == 2


def test_a_log_without_the_yardstick_has_all_measured_anew(lake: Lake) -> None:
    refresh(lake, on(10))
    with lake.snapshot() as snapshot:
        older = last_runs(snapshot)
    with lake.transaction() as transaction:
        append_runs(transaction, [replace(r, run_id="older", yardstick=None,
                                          started_at=r.started_at + timedelta(days=1))
                                  for r in older])  # fmt: skip
    load(lake, bought("c", 9))
    assert [run.mode for run in refresh(lake, on(10)).runs] == ["full", "incremental"]
