"""Scores by hand: weight × value × decay, the same from the same tables."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import ibis
import pyarrow as pa
import pytest

from regulars.science.tags import Weighted, scores

AS_OF, SINCE = date(2024, 3, 31), date(2024, 3, 1)
TAGS = pa.table(
    {
        "member_id": ["ann", "bob", "cat"],
        "band": ["high", "low", None],
        "orders": [4.0, None, 1.0],
    }
)
HISTORY = pa.table(
    {
        "member_id": ["ann", "ann", "bob"],
        "tag": ["band", "band", "orders"],
        "until": [date(2024, 3, 5), date(2024, 3, 21), date(2024, 3, 30)],
    }
)


@dataclass(frozen=True)
class Held:
    def table(self, name: str) -> Any:
        return ibis.memtable({"tags": TAGS, "tag_history": HISTORY}[name])


def scored(*weighted: Weighted, since: date | None = None) -> dict[str, float]:
    rows = scores(Held(), weighted, AS_OF, since=since).to_pyarrow().to_pylist()
    return {row["member_id"]: row["score"] for row in rows}


def test_weights_and_points() -> None:
    band = Weighted("band", 2.0, points={"high": 3.0})
    orders = Weighted("orders", 0.5, numeric=True)
    assert scored(band, orders) == {"ann": 2 * 3 + 0.5 * 4, "bob": 2.0, "cat": 0.5}


def test_an_unchanged_value_fades_by_halves() -> None:
    band = Weighted("band", 8.0, half_life_days=10)
    found = scored(band, since=SINCE)  # ann's is 10 days old, bob's as old as the tag: 30
    assert found == pytest.approx({"ann": 4.0, "bob": 1.0, "cat": 0.0})
    assert scored(band, since=SINCE) == found
    assert scored(band)["bob"] == pytest.approx(8.0)
