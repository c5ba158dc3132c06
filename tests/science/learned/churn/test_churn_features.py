"""``features/churn``: the fit of the month, kept; the same rows however they come about."""

from __future__ import annotations

import importlib.util
import json
import shutil
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import ibis
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from regulars.lake import Lake
from regulars.science.learned import churn
from regulars.science.producers import RefreshReport, profile_producers, refresh
from regulars.science.producers.profile.churn_fits import NOT_INSTALLED
from regulars.science.simulation import SimulationOptions
from regulars.science.simulation.lake_side import simulated_facts
from tests.science.learned.small_lake import FACTS, lake_of, whole_rows

AS_OF = date(2025, 6, 3)
CHURN = tuple(one for one in profile_producers() if one.name == "churn")
CHAIN = SimulationOptions(members=900, months=14, seed=3)
Rows = dict[str, dict[str, Any]]


@pytest.fixture(scope="module")
def refreshed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A lake with everything before the second of June, refreshed as of the third."""
    chain = simulated_facts(CHAIN)
    known = {
        name: chain.tables[name].filter(before(chain.tables[name], AS_OF - timedelta(days=1)))
        for name in FACTS
    }
    folder = tmp_path_factory.mktemp("churn") / "lake"
    lake = lake_of(type(chain)(known, chain.people, chain.sends), folder)
    assert ask(lake, AS_OF).succeeded
    return folder


@pytest.fixture
def lake(refreshed: Path, tmp_path: Path) -> Lake:
    shutil.copytree(refreshed, tmp_path / "lake")
    return Lake(tmp_path / "lake")


def before(table: pa.Table, day: date) -> pa.ChunkedArray:
    return pc.less(table["business_date"], pa.scalar(day, pa.date32()))


def ask(lake: Lake, day: date, *, full: bool = False, refit: bool = False) -> RefreshReport:
    return refresh(lake, day, producers=CHURN, full=full, refit=refit)


def held(lake: Lake, day: date) -> Rows:
    with lake.snapshot() as snapshot:
        table = snapshot.table("features/churn")
        rows = table.filter(table["as_of"] == ibis.literal(day)).to_pyarrow().to_pylist()
    return {row["member_id"]: row for row in rows}


def fits(lake: Lake) -> list[dict[str, Any]]:
    with lake.snapshot() as snapshot:
        rows = snapshot.table("model_versions").to_pyarrow().to_pylist()
    mine = (row for row in rows if row["model"] == "churn")
    return sorted(mine, key=lambda row: row["fitted_at"])


def test_every_row_is_what_the_model_says(lake: Lake) -> None:
    (kept,) = fits(lake)
    model = churn.ChurnModel.from_json(kept["parameters"])
    with lake.snapshot() as snapshot:
        known = churn.features(churn.measures(snapshot, as_of=AS_OF), as_of=AS_OF).to_pyarrow()
    rows = held(lake, AS_OF)

    assert set(rows) == set(known["member_id"].to_pylist())
    assert len(rows) > 300
    for asked, said in zip(known.to_pylist(), model.scores(known).to_pylist(), strict=True):
        row = rows[asked["member_id"]]
        assert {name: row[name] for name in asked} == asked
        assert row["p_churn"] == said["p_churn"]
        assert row["churn_band"] == said["churn_band"]
        assert row["churn_reasons"] == said["churn_reasons"]
        assert row["model_version"] == model.version == kept["version"]
    assert json.loads(kept["quality"])["model"]["auc"] == model.report.model.auc


def test_one_fit_holds_for_the_month(lake: Lake) -> None:
    assert ask(lake, AS_OF).unchanged
    ask(lake, AS_OF + timedelta(days=4))
    assert len(fits(lake)) == 1
    ask(lake, AS_OF + timedelta(days=4), refit=True)
    assert [row["as_of"] for row in fits(lake)] == [AS_OF, AS_OF + timedelta(days=4)]


def test_incremental_equals_full(lake: Lake) -> None:
    chain = simulated_facts(CHAIN)
    orders = chain.tables["orders"]
    late = orders.filter(
        pc.and_(before(orders, AS_OF), pc.invert(before(orders, AS_OF - timedelta(days=1))))
    )
    assert late.num_rows > 3
    with lake.transaction(note="load") as transaction:
        transaction.upsert("orders", whole_rows("orders", late))
    for day in (AS_OF, AS_OF + timedelta(days=2)):
        report = ask(lake, day)
        assert [(run.mode, run.error) for run in report.runs] == [("incremental", None)]
        quick = held(lake, day)
        assert [run.mode for run in ask(lake, day, full=True).runs] == ["full"]
        assert quick == held(lake, day)


def test_without_lightgbm_the_facts_are_there_and_the_reason(
    lake: Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name: None if name == "lightgbm" else found(name)
    )
    later = date(2025, 7, 1)
    report = ask(lake, later)

    assert report.succeeded
    assert report.notes == (f"no churn risk: {NOT_INSTALLED}",)
    assert fits(lake)[-1]["error"] == NOT_INSTALLED
    rows = held(lake, later).values()
    assert rows
    assert {row["p_churn"] for row in rows} == {None}
    assert all(row["recency_days"] <= 180 for row in rows)


def test_a_short_history_says_so(tmp_path: Path) -> None:
    lake = lake_of(simulated_facts(SimulationOptions(members=30, months=2, seed=3)), tmp_path / "l")
    report = ask(lake, date(2025, 6, 1))

    assert report.succeeded
    (note,) = report.notes
    assert "too few for a horizon of 90" in note
    assert fits(lake)[0]["version"] is None
    assert ask(lake, date(2025, 6, 2)).notes != report.notes  # a day more, and too few as before
    assert len(fits(lake)) == 1
