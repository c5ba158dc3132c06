"""``features/value``: the fit of the month, kept; the same rows however they come about."""

from __future__ import annotations

import importlib.util
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from regulars.lake import Lake
from regulars.science import clv
from regulars.science.producers import profile_producers, refresh
from regulars.science.producers.profile.value_fits import NOT_INSTALLED
from regulars.science.value import ValueModel, ValueOptions
from regulars.science.value.estimates import repeat_model, spend_model
from tests.science.clv.chain import on, planted
from tests.science.history import Order, by_key
from tests.science.lake_rows import order_rows

# The first of February 2025: the month has eighteen more days of orders.
DAY = 397
FITTED = ("p_alive", "clv", "clv_low", "expected_spend", "value_band", "model_version")


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    lake = Lake(tmp_path / "lake")
    load(lake, planted(400).before(DAY))
    return lake


def load(lake: Lake, orders: list[Order]) -> None:
    with lake.transaction(note="load") as transaction:
        transaction.upsert("orders", order_rows(orders))


def refreshed(
    lake: Lake, day: int, *, full: bool = False, refit: bool = False
) -> dict[object, dict[str, Any]]:
    report = refresh(lake, on(day), producers=VALUE, full=full, refit=refit)
    assert report.succeeded, report
    return held(lake, on(day))


def held(lake: Lake, as_of: date) -> dict[object, dict[str, Any]]:
    with lake.snapshot() as snapshot:
        table = snapshot.table("features/value")
        return by_key(table.filter(table["as_of"] == as_of), "member_id")


def fits(lake: Lake) -> list[dict[str, Any]]:
    with lake.snapshot() as snapshot:
        rows = snapshot.table("model_versions").to_pyarrow().to_pylist()
    mine = (row for row in rows if row["model"] == "value")
    return sorted(mine, key=lambda row: row["fitted_at"])


VALUE = tuple(one for one in profile_producers() if one.name == "value")


def test_every_column_is_the_models_answer(lake: Lake) -> None:
    rows = refreshed(lake, DAY)
    (kept,) = fits(lake)
    model = ValueModel.read(kept["parameters"], kept["quality"])
    repeat, spend = repeat_model(model), spend_model(model)
    for row in list(rows.values())[::40]:
        x, t, age = [row["frequency"]], [row["recency_weeks"]], [row["age_weeks"]]
        mean = [float(row["repeat_amount"]) / x[0] if x[0] else 0.0]
        assert t[0] * 7 == pytest.approx((row["last_order_date"] - row["first_order_date"]).days)
        assert age[0] * 7 == pytest.approx((on(DAY - 1) - row["first_order_date"]).days)
        assert row["p_alive"] == pytest.approx(repeat.p_alive(x, t, age)[0], abs=1e-6)
        assert row["p_purchase_30d"] == pytest.approx(
            repeat.p_order(30 / 7, x, t, age)[0], abs=1e-6
        )
        for days in (90, 365):
            orders = repeat.expected_orders(days / 7, x, t, age)[0]
            assert row[f"expected_orders_{days}d"] == pytest.approx(orders, abs=1e-4)
        each = spend.expected_spend(x, mean)[0]
        assert float(row["expected_spend"]) == pytest.approx(each, abs=0.006)
        value = clv.lifetime_value(
            *(repeat, spend), periods=12, period=365 / 7 / 12, discount=1.1 ** (1 / 12) - 1,
            frequency=x, recency=t, age=age, monetary=mean,
        )  # fmt: skip
        assert float(row["clv"]) == pytest.approx(value[0], abs=0.006)
        assert row["model_version"] == model.version


def test_the_next_order_has_even_odds(lake: Lake) -> None:
    rows = refreshed(lake, DAY)
    (kept,) = fits(lake)
    repeat = repeat_model(ValueModel.read(kept["parameters"], None))
    dated = 0
    for row in list(rows.values())[::10]:
        history = [row["frequency"]], [row["recency_weeks"]], [row["age_weeks"]]
        if row["next_order_on"] is None:
            assert repeat.p_order(365 / 7, *history)[0] < 0.5
            continue
        dated += 1
        days = (row["next_order_on"] - on(DAY - 1)).days
        assert repeat.p_order(days / 7, *history)[0] >= 0.5
        assert days == 1 or repeat.p_order((days - 1) / 7, *history)[0] < 0.5
    assert dated > 5


def test_one_fit_holds_for_the_month(lake: Lake) -> None:
    refreshed(lake, DAY)
    load(lake, planted(400).before(DAY + 3))
    refreshed(lake, DAY + 3)
    refreshed(lake, DAY + 3, full=True)
    assert len(fits(lake)) == 1
    refreshed(lake, DAY - 1)  # January, which a fit of February must not decide
    refreshed(lake, DAY + 3, refit=True)
    assert [row["as_of"] for row in fits(lake)] == [on(DAY), on(DAY - 1), on(DAY + 3)]
    again = refresh(lake, on(DAY + 3), producers=VALUE)
    assert again.unchanged
    assert {row["model_version"] for row in held(lake, on(DAY + 3)).values()} == {
        fits(lake)[-1]["version"]
    }


def test_live_fits_nothing_and_the_last_fit_holds_on_in_the_next_month(lake: Lake) -> None:
    (unknown,) = [refresh(lake, on(DAY), producers=VALUE, live=True)]
    assert not unknown.runs, "nothing to build upon"
    refreshed(lake, DAY - 1)  # January
    load(lake, planted(400).before(DAY + 1))
    (run,) = refresh(lake, on(DAY + 1), producers=VALUE, live=True).runs
    assert (run.state, run.mode) == ("done", "incremental")
    assert [row["as_of"] for row in fits(lake)] == [on(DAY - 1)]
    live = held(lake, on(DAY + 1))
    assert {row["model_version"] for row in live.values()} == {fits(lake)[0]["version"]}
    refreshed(lake, DAY + 1)
    (run,) = refresh(lake, on(DAY + 1), producers=VALUE, live=True).runs
    assert run.state == "unchanged", "it takes up the fit that a refresh has made"


def test_incremental_equals_full(lake: Lake) -> None:
    refreshed(lake, DAY)
    corrected = [
        Order(order.order_id, order.member_id, order.day, order.net * 2)
        for order in planted(400).before(DAY)[::50]
    ]
    load(lake, [*corrected, Order("new", "m99999", on(DAY - 4), Decimal("12.00"))])
    quick = refreshed(lake, DAY)
    with lake.snapshot() as snapshot:
        assert {run["mode"] for run in runs(snapshot)} == {"full", "incremental"}
    assert quick == refreshed(lake, DAY, full=True)
    load(lake, planted(400).before(DAY + 2))
    assert refreshed(lake, DAY + 2) == refreshed(lake, DAY + 2, full=True)


def runs(snapshot: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = snapshot.table("refresh_runs").to_pyarrow().to_pylist()
    return found


def test_without_scipy_the_facts_are_there_and_the_reason(
    lake: Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name: None if name == "scipy" else found(name)
    )
    rows = refreshed(lake, DAY)
    report = refresh(lake, on(DAY + 1), producers=VALUE)
    assert report.notes == (f"no customer lifetime value: {NOT_INSTALLED}",)
    assert [row["error"] for row in fits(lake)] == [NOT_INSTALLED]
    assert len(rows) > 300
    for row in rows.values():
        assert row["age_weeks"] >= 0
        assert (row["average_spend"] is None) == (row["frequency"] == 0)
        assert {row[name] for name in FITTED} == {None}
    monkeypatch.undo()
    assert None not in {row["clv"] for row in refreshed(lake, DAY + 1).values()}


def test_too_few_members_leave_the_reason(tmp_path: Path) -> None:
    lake = Lake(tmp_path / "lake")
    load(lake, [Order("1", "a", on(1)), Order("2", "b", on(2))])
    rows = refreshed(lake, 9)
    assert [row["clv"] for row in rows.values()] == [None, None]
    (why,) = fits(lake)
    assert "nobody has ordered again" in why["error"]
    assert why["version"] is None


def test_options_are_part_of_the_fit(lake: Lake) -> None:
    first = refreshed(lake, DAY)
    other = profile_producers(value=ValueOptions(discount=0.0))
    report = refresh(lake, on(DAY), producers=[one for one in other if one.name == "value"])
    assert [run.mode for run in report.runs] == ["full"]
    assert len(fits(lake)) == 2
    undiscounted = held(lake, on(DAY))
    assert all(undiscounted[m]["clv"] >= row["clv"] for m, row in first.items())


def test_the_schema_is_the_contracts(lake: Lake) -> None:
    refreshed(lake, DAY)
    with lake.snapshot() as snapshot:
        assert snapshot.table("features/value").schema()["clv"].to_pyarrow() == pa.decimal128(18, 2)
