"""What one refresh writes: one commit, what can be written of it, and no fact read twice."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import ibis
import ibis.expr.types as ir
import pytest
from ibis.backends.duckdb import Backend

from regulars.lake import Lake
from regulars.science.producers import (
    LifecycleProducer,
    Producer,
    RfmProducer,
    last_runs,
    refresh,
)
from tests.science.history import Member, Order, bought, by_key, on
from tests.science.lake_rows import member_rows, order_rows

MEMBERS = [Member("a", on(0)), Member("b", None), Member("c", on(3))]


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    lake = Lake(tmp_path / "lake")
    load(lake, [*bought("a", 1, 5, 9, net="3.30"), *bought("b", 2)], MEMBERS)
    return lake


def load(lake: Lake, orders: list[Order], members: list[Member] | None = None) -> None:
    with lake.transaction(note="load") as transaction:
        transaction.upsert("orders", order_rows(orders))
        if members is not None:
            transaction.upsert("members", member_rows(members))


def sequence(lake: Lake) -> int:
    with lake.snapshot() as snapshot:
        return snapshot.sequence


def stages(lake: Lake) -> dict[object, dict[str, object]]:
    with lake.snapshot() as snapshot:
        return by_key(snapshot.table("features/lifecycle"), "member_id")


@dataclass(frozen=True, slots=True, kw_only=True)
class Unwritable(RfmProducer):
    """An RFM producer whose rows break their contract: one must have a group."""

    def place(self, compared: ir.Table, as_of: date) -> ir.Table:
        return RfmProducer.place(self, compared, as_of).mutate(rfm_group=ibis.null("string"))


def test_all_producers_are_written_as_one_commit(lake: Lake) -> None:
    before = sequence(lake)
    refresh(lake, on(10))
    assert sequence(lake) == before + 1
    load(lake, bought("c", 9))
    refresh(lake, on(10))
    assert sequence(lake) == before + 3
    with lake.snapshot() as snapshot:
        assert snapshot.manifest.note == "refresh rfm, lifecycle"
        assert {run.lake_sequence for run in last_runs(snapshot, limit=2)} == {before + 2}


def test_who_needs_anothers_features_reads_the_commit_that_holds_them(lake: Lake) -> None:
    before = sequence(lake)
    report = refresh(lake, on(10), producers=[LifecycleProducer(needs=("rfm",)), RfmProducer()])
    assert [(run.producer, run.lake_sequence) for run in report.runs] == [
        ("rfm", before),
        ("lifecycle", before + 1),
    ]
    assert "features/rfm" in report.runs[1].sources
    assert sequence(lake) == before + 2


def test_what_cannot_be_written_does_not_stop_the_rest(lake: Lake) -> None:
    producers: list[Producer] = [Unwritable(), LifecycleProducer()]
    for mode in ("full", "incremental"):
        failed, done = refresh(lake, on(10), producers=producers).runs
        assert (failed.state, done.state, done.mode) == ("failed", "done", mode)
        assert failed.error is not None
        assert "a value is missing" in failed.error
        assert stages(lake)["a"]["order_count"] == 3
        with lake.snapshot() as snapshot:
            logged = {run.producer: run.state for run in last_runs(snapshot, limit=2)}
        assert logged == {"rfm": "failed", "lifecycle": "done"}
        if mode == "full":
            refresh(lake, on(10), producers=[RfmProducer()])
        load(lake, bought("b", 9))
    assert stages(lake)["b"]["order_count"] == 2


def test_facts_are_read_once_for_producers_that_last_ran_at_different_times(
    lake: Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    refresh(lake, on(10))
    load(lake, [], [*MEMBERS, Member("d", on(9))])
    assert [run.state for run in refresh(lake, on(10)).runs] == ["unchanged", "done"]
    load(lake, bought("b", 8, 9))
    asked: list[str] = []
    raw_sql = Backend.raw_sql

    def noted(self: Backend, query: str) -> object:
        asked.append(str(query))
        return raw_sql(self, query)

    monkeypatch.setattr(Backend, "raw_sql", noted)
    rfm, lifecycle = refresh(lake, on(10)).runs
    assert sum('FROM "orders"' in query for query in asked) == 1
    # Who joined is touched for the one and not for the other; b has three orders by now.
    assert (rfm.members_touched, rfm.rows_in) == (2, 3)
    assert (lifecycle.members_touched, lifecycle.rows_in) == (1, 3)
    assert stages(lake)["b"]["order_count"] == 3
