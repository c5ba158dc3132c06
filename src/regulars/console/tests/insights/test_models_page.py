"""The models page: what was kept is shown, to headquarters alone."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, date, datetime
from html import unescape

import pyarrow as pa
import pytest
from django.conf import settings
from django.test import Client

from regulars.apps.accounts.types import DataScope, Role
from regulars.console.tests.chain import AS_OF, Chain
from regulars.console.tests.conftest import SignIn
from regulars.console.tests.insights.reading import charts
from regulars.lake import Lake
from regulars.lake.contracts import contract
from regulars.science.learned.churn import FIELDS, ChurnModel, Quality, Report
from regulars.science.learned.churn.calibration import Calibration
from regulars.science.learned.churn.distributions import Distribution
from regulars.science.learned.churn.trees import Trees
from regulars.science.producers import refresh
from regulars.science.producers.profile.churn import ChurnProducer

FITTED = date(2024, 6, 1)
GROUPS = ((30, 0.1, 0.12), (30, 0.5, 0.45), (30, 0.9, 0.95))
SPREAD = Distribution(edges=(10.0, 20.0), shares=(0.5, 0.25, 0.25, 0.0))
MODEL = ChurnModel(
    as_of=FITTED,
    horizon_days=90,
    cuts={"train": (date(2023, 9, 5), date(2023, 8, 6)), "stop": (date(2023, 12, 4),),
          "judge": (date(2024, 3, 3),)},
    parameters={"seed": 1},
    trees=Trees("none of these are asked by the page"),
    calibration=Calibration((0.0, 1.0), (0.1, 0.9)),
    drift_from=dict.fromkeys((*(field.name for field in FIELDS), "p_churn"), SPREAD),
    report=Report(
        model=Quality(auc=0.765, brier=0.2, calibration_error=0.021, members=90, share=0.47),
        baseline=Quality(auc=0.7, brier=0.219, calibration_error=0.017, members=90, share=0.47),
        reliability=GROUPS,
        trained_on=400,
        stopped_on=150,
        calibrated_on=88,
        trees=45,
    ),
)  # fmt: skip


@pytest.fixture
def fitted(chain: Chain) -> Chain:
    """Keep the model, another month's failure, and features of the reader's date."""
    lake = Lake(settings.REGULARS_LAKE)
    row = {
        "model": "churn",
        "fitted_at": datetime(2024, 6, 1, 3, tzinfo=UTC),
        "options": "x",
        "members": 0,
        "seconds": 1.5,
    }
    good = {
        "as_of": FITTED,
        "version": MODEL.version,
        "parameters": MODEL.to_json(),
        "quality": json.dumps(asdict(MODEL.report)),
        "members": 400,
    }
    bad = {"as_of": date(2024, 5, 1), "error": "orders: too few"}
    rows = pa.Table.from_pylist([row | good, row | bad], contract("model_versions").arrow_schema)
    with lake.transaction(note="fits") as transaction:
        transaction.append("model_versions", rows)
    refresh(lake, AS_OF, producers=[_Asleep()])
    return chain


class _Asleep(ChurnProducer):
    """Keeps what a model reads and asks none: the page does not read the answers' trees."""

    def prepared(self, lake: Lake, as_of: date, *, refit: bool) -> ChurnProducer:
        return self


def seen(client: Client) -> str:
    answer = client.get("/insights/models/")
    assert answer.status_code == 200
    return unescape(answer.content.decode())


def test_quality_stands_beside_recency_alone(fitted: Chain, sign_in: SignIn) -> None:
    page = seen(sign_in(Role.ADMIN))

    assert MODEL.version in page
    assert "<b>0.765</b>" in page
    assert ">0.700<" in page
    assert ">0.021<" in page, "what loses is not set in bold"
    assert "<b>0.021</b>" not in page
    assert "2023-08-06, 2023-09-05" in page
    assert "orders: too few" in page


def test_the_calibration_plot_has_every_group(fitted: Chain, sign_in: SignIn) -> None:
    spec = charts(sign_in(Role.ADMIN).get("/insights/models/").content.decode())
    chart = spec["chart-calibration"]
    assert chart["kind"] == "calibration"
    assert [(row[3], row[1], row[2]) for row in chart["rows"]] == list(GROUPS)


def test_drift_is_of_the_reader_s_date(fitted: Chain, sign_in: SignIn) -> None:
    page = seen(sign_in(Role.ADMIN))
    # Nobody of this chain visits online: all of a field is missing where none was.
    assert "moved much" in page
    assert "days since the last visit online" in page
    assert "the answers themselves" in page


def test_before_a_model_was_fitted_the_page_teaches(chain: Chain, sign_in: SignIn) -> None:
    page = seen(sign_in(Role.ADMIN))
    assert "No churn model yet" in page
    assert "regulars refresh" in page


def test_models_are_for_headquarters(fitted: Chain, sign_in: SignIn) -> None:
    assert "/insights/models/" in sign_in(Role.ADMIN).get("/insights/rfm/").content.decode()
    manager = sign_in(Role.SHOP_MANAGER, DataScope("store", ("s1",)))
    assert manager.get("/insights/models/").status_code == 403
    assert "/insights/models/" not in manager.get("/insights/rfm/").content.decode()
    analyst = sign_in(Role.ANALYST, DataScope("store", ("s1",)))
    assert analyst.get("/insights/models/").status_code in {403, 404}
    assert "/insights/models/" not in analyst.get("/insights/rfm/").content.decode()
