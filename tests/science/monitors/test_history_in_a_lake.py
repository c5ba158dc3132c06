"""The history held after any loads and refreshes is the one a diary of all facts tells."""

from __future__ import annotations

import tempfile
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from regulars.lake import Lake
from regulars.science.lifecycle import LEGAL, LifecycleRules
from regulars.science.monitors import follow, keep_history
from regulars.science.producers import LifecycleProducer, refresh
from tests.science.diary import Change, diary
from tests.science.history import Member, bought, on
from tests.science.test_incremental_equals_full import Step, step, write

RULES = LifecycleRules(mature_orders=3, dormant_days=10, churned_days=25)
PRODUCERS = (LifecycleProducer(rules=RULES),)


@settings(deadline=None, max_examples=4, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(step, min_size=2, max_size=4))
def test_whatever_happened_the_history_is_that_of_all_facts(steps: list[Step]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        lake, reached = Lake(Path(folder) / "lake"), on(0)
        for taken in steps:
            write(lake, taken)
            report = refresh(lake, taken.as_of, producers=PRODUCERS)
            report = follow(lake, report, producers=PRODUCERS)
            assert [run.producer for run in report.runs] == ["lifecycle", "lifecycle_history"]
            assert report.succeeded
            reached = max(reached, taken.as_of)
            assert held(lake) == told(lake, reached)


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    lake = Lake(tmp_path / "lake")
    orders = bought("a", 3, 4, 30) + bought("b", 20)
    people = [Member("a", on(1)), Member("b", None)]
    write(lake, Step(orders, set(), people, None, on(0), 0))
    return lake


def kept(lake: Lake, as_of: date) -> tuple[str, int]:
    """Refresh, keep the history, and return what was done and how many rows were written."""
    assert refresh(lake, as_of, producers=PRODUCERS).succeeded
    run = keep_history(lake, as_of, rules=RULES, run_id="r1")
    return run.mode, run.rows_written or 0


def test_a_change_is_logged_once(lake: Lake) -> None:
    assert kept(lake, on(32)) == ("full", 7)
    before, commits = held(lake), lake.snapshot().sequence
    assert kept(lake, on(32)) == ("none", 0)
    assert lake.snapshot().sequence == commits
    assert kept(lake, on(33)) == ("incremental", 0)
    assert held(lake) == before
    # a, who ordered on day 30, and b, on day 20, fall asleep: nothing else is written.
    assert kept(lake, on(42)) == ("incremental", 1)
    assert held(lake) - before == {("a", on(40), "mature", "dormant")}
    assert ("b", on(30), "introduction", "dormant") in before


def test_an_earlier_date_takes_nothing_back(lake: Lake) -> None:
    kept(lake, on(42))
    before = held(lake)
    assert kept(lake, on(5)) == ("none", 0)
    assert held(lake) == before


def test_a_late_order_mends_the_past(lake: Lake) -> None:
    kept(lake, on(42))
    write(lake, Step(bought("b", 25), set(), [], None, on(0), 0))
    assert kept(lake, on(42)) == ("incremental", 3)
    assert held(lake) == told(lake, on(42))


def test_other_rules_write_another_history(lake: Lake) -> None:
    kept(lake, on(42))
    rules = LifecycleRules(mature_orders=3, dormant_days=30, churned_days=60)
    run = keep_history(lake, on(42), rules=rules, run_id="r2")
    assert run.mode == "full"
    assert {change[3] for change in held(lake)} == {"introduction", "growth", "mature"}


def test_the_erased_have_no_history(lake: Lake) -> None:
    kept(lake, on(42))
    with lake.transaction(note="erase") as transaction:
        assert transaction.erase_member("a")["lifecycle_transitions"] == 6
    assert {change[0] for change in held(lake)} == {"b"}


def held(lake: Lake) -> set[Change]:
    with lake.snapshot() as snapshot:
        rows = snapshot.table("lifecycle_transitions").to_pyarrow().to_pylist()
    names = ("member_id", "business_date", "from_stage", "to_stage")
    found = {tuple(row[name] for name in names) for row in rows}
    assert len(found) == len(rows)
    assert {(row["from_stage"], row["to_stage"]) for row in rows} <= LEGAL
    return found


def told(lake: Lake, as_of: date) -> set[Change]:
    """Return the diary of what the lake holds."""
    with lake.snapshot() as snapshot:
        orders = snapshot.table("orders").to_pyarrow().to_pylist()
        members = snapshot.table("members").to_pyarrow().to_pylist()
    return diary(
        [(row["member_id"], row["business_date"]) for row in orders],
        [(row["member_id"], row["joined_on"]) for row in members],
        as_of,
        RULES,
    )
