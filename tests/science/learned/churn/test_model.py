"""The frozen model: the same twice, plain text, blind to the future, and with reasons."""

from __future__ import annotations

import json
import math
import sys
from datetime import date

import lightgbm
import numpy as np
import pyarrow as pa
import pytest
from numpy.typing import NDArray

from regulars.base.errors import ConfigurationError, RuleError
from regulars.science.learned import churn
from regulars.science.learned.churn.trees import matrix
from regulars.science.simulation import SimulationOptions
from regulars.science.simulation.lake_side import SimulatedFacts, simulated_facts

SMALL_AS_OF = date(2025, 6, 1)


@pytest.fixture(scope="module")
def small() -> SimulatedFacts:
    return simulated_facts(SimulationOptions(members=1_500, months=12, seed=2))


def test_the_same_facts_give_the_same_model_and_later_ones_change_nothing(
    small: SimulatedFacts,
) -> None:
    day = pa.scalar(SMALL_AS_OF, pa.date32())
    before = {
        name: table.filter(pa.compute.less(table["business_date"], day))
        for name, table in small.tables.items()
        if name in churn.FACTS
    }
    one = churn.fit(small, as_of=SMALL_AS_OF, horizon_days=60)
    known = SimulatedFacts(before, small.people, small.sends)
    other = churn.fit(known, as_of=SMALL_AS_OF, horizon_days=60)

    assert one == other
    assert one.version == other.version
    assert one.version.startswith("20250601-")


def test_text_and_back(model: churn.ChurnModel, future: pa.Table) -> None:
    text = model.to_json()
    again = churn.ChurnModel.from_json(text)

    assert again == model
    assert again.version == model.version
    assert again.scores(future).equals(model.scores(future))
    assert json.loads(text)["report"]["model"]["auc"] == model.report.model.auc
    with pytest.raises(RuleError, match="this is no churn model"):
        churn.ChurnModel.from_json("{}")


def test_reasons_add_up_to_the_answer(model: churn.ChurnModel, future: pa.Table) -> None:
    some = future.slice(0, 200)
    log_odds, parts = model.trees.explained(matrix(some))
    np.testing.assert_allclose(log_odds, model.trees.log_odds(matrix(some)), atol=1e-9)
    np.testing.assert_allclose(np.ptp(log_odds - parts.sum(axis=1)), 0.0, atol=1e-9)
    walked = [steps_of(model, row) for row in matrix(some)[:20]]
    np.testing.assert_allclose(parts[:20], walked, atol=1e-9)

    scores = model.scores(some).to_pylist()
    names = [field.name for field in churn.FIELDS]
    for row, part in zip(scores, parts, strict=True):
        strongest = sorted(range(len(names)), key=lambda k: -abs(part[k]))[:3]
        signed = [f"{'+' if part[k] > 0 else '-'}{names[k]}" for k in strongest]
        assert row["churn_reasons"].split(",") == [
            one for one, k in zip(signed, strongest, strict=True) if abs(part[k]) >= 0.08
        ]
    assert {row["churn_model"] for row in scores} == {model.version}


def steps_of(model: churn.ChurnModel, row: NDArray[np.float64]) -> list[float]:
    """Go down every tree by the member's values, and give each step to the field asked."""
    found = [0.0] * len(row)
    for tree in lightgbm.Booster(model_str=model.trees.text).dump_model()["tree_info"]:
        node = tree["tree_structure"]
        while "split_feature" in node:
            field = node["split_feature"]
            unknown = math.isnan(row[field])
            left = node["default_left"] if unknown else row[field] <= node["threshold"]
            child = node["left_child" if left else "right_child"]
            found[field] += child.get("internal_value", child.get("leaf_value"))
            found[field] -= node["internal_value"]
            node = child
    return found


def test_bands_follow_the_probability(model: churn.ChurnModel, future: pa.Table) -> None:
    rows = model.scores(future).to_pylist()
    for row in rows:
        band = "high" if row["p_churn"] >= 0.8 else "medium" if row["p_churn"] >= 0.5 else "low"
        assert row["churn_band"] == band
    assert {row["churn_band"] for row in rows} == set(churn.BANDS)


def test_reasons_in_words() -> None:
    values = {"discount_share": 0.124, "sixth_order_days": None, "sales": 1234.5}
    kept = "+discount_share,-sixth_order_days,+sales"
    assert churn.reasons(kept, values) == [
        "share of the list price spared: 12% (raises the risk)",
        "days since the sixth-last order: none (lowers the risk)",
        "net amount of all orders: 1,234 (raises the risk)",
    ]
    assert churn.reasons(kept, values, language="zh")[1] == "距倒数第六单天数：无（降低风险）"
    assert churn.reasons("", values) == []
    with pytest.raises(RuleError, match="there is no field 'mood'"):
        churn.reasons("+mood", values)


def test_a_field_is_missing(model: churn.ChurnModel, future: pa.Table) -> None:
    with pytest.raises(RuleError, match="features: the table lacks overdue"):
        model.scores(future.drop_columns(["overdue"]))


def test_too_few_members() -> None:
    few = simulated_facts(SimulationOptions(members=150, months=12, seed=2))
    with pytest.raises(RuleError, match="A churn model needs 200"):
        churn.fit(few, as_of=SMALL_AS_OF, horizon_days=60)


def test_without_lightgbm(small: SimulatedFacts, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "lightgbm", None)
    with pytest.raises(ConfigurationError, match=r'pip install "regulars\[models\]"'):
        churn.fit(small, as_of=SMALL_AS_OF, horizon_days=60)
