"""``regulars refresh`` says what it did and exits with what came of it."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from django.conf import settings
from typer.testing import CliRunner

from regulars.base.errors import ConfigurationError, RuleError
from regulars.lake import Lake
from regulars.science.producers import last_runs
from regulars.science.producers.rfm import RfmProducer
from regulars.server.cli import mounted
from regulars.server.measures import brand_producers
from tests.science.history import Member, Order, bought, on
from tests.science.lake_rows import member_rows, order_rows

pytestmark = pytest.mark.django_db


@pytest.fixture
def lake() -> Lake:
    lake = Lake(Path(settings.REGULARS_LAKE))
    with lake.transaction(note="load") as transaction:
        transaction.upsert("orders", order_rows([*bought("a", 1, 9), Order("o", None, on(3))]))
        transaction.upsert("members", member_rows([Member("a", None), Member("b", on(2))]))
    return lake


def run(*words: str) -> tuple[int, str]:
    result = CliRunner(env={"COLUMNS": "120"}).invoke(mounted(), ["refresh", *words])
    return result.exit_code, result.output


def test_it_refreshes_as_of_the_day_after_the_last_order(lake: Lake) -> None:
    code, output = run()
    assert code == 0, output
    assert "Features as of 2024-01-11" in output
    with lake.snapshot() as snapshot:
        runs = {one.producer: one for one in last_runs(snapshot)}
    assert {name: (one.state, one.mode) for name, one in runs.items()} == {
        "rfm": ("done", "full"),
        "lifecycle": ("done", "full"),
        "value": ("done", "full"),
        "cycle": ("done", "full"),
        "strata": ("done", "full"),
        "preferences": ("done", "full"),
        "price_sensitivity": ("done", "full"),
        "churn": ("done", "full"),
        "lifecycle_history": ("done", "full"),
        "monitors": ("done", "full"),
    }
    assert "unchanged" in run()[1]


def test_a_date_and_a_full_run_can_be_asked_for(lake: Lake) -> None:
    assert run("--as-of", "2024-01-05", "--full")[0] == 0
    assert "Features as of 2024-01-05" in run("--full", "--as-of", "2024-01-05")[1]
    assert run("--as-of", "yesterday")[0] == 2


def test_a_failure_is_named_and_exits_with_one(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise RuleError("the scale is off", where="rfm")

    monkeypatch.setattr(RfmProducer, "measure", fail)
    # A date of its own: what a producer says of another test's date is compiled by now.
    code, output = run("--as-of", "2024-01-09")
    assert code == 1
    assert "rfm: rfm: the scale is off" in output
    with lake.snapshot() as snapshot:
        assert {one.producer: one.state for one in last_runs(snapshot)} == {
            "rfm": "failed",
            "lifecycle": "done",
            "lifecycle_history": "done",
            "value": "done",
            "cycle": "done",
            "strata": "done",
            "preferences": "done",
            "price_sensitivity": "done",
            "churn": "done",
        }


def test_a_brand_sets_its_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    bound = {"rfm", "lifecycle", "value"}
    usual = [one.fingerprint for one in brand_producers() if one.name in bound]
    monkeypatch.setenv("REGULARS_RFM_LEVELS", "3")
    monkeypatch.setenv("REGULARS_LIFECYCLE_DORMANT_DAYS", "45")
    monkeypatch.setenv("REGULARS_VALUE_INTERVAL_PERCENT", "80")
    own = [one.fingerprint for one in brand_producers() if one.name in bound]
    assert not set(usual) & set(own)
    monkeypatch.setenv("REGULARS_LIFECYCLE_DORMANT_DAYS", "200")
    with pytest.raises(RuleError, match="dormant after 200 and churned after 180 days"):
        brand_producers()
    monkeypatch.setenv("REGULARS_LIFECYCLE_DORMANT_DAYS", "often")
    with pytest.raises(ConfigurationError, match="'often' is not a whole number"):
        brand_producers()


def test_amounts_stay_exact(lake: Lake) -> None:
    run()
    with lake.snapshot() as snapshot:
        (row,) = snapshot.table("features/rfm").to_pyarrow().to_pylist()
    assert row["monetary"] == Decimal("20.00")
