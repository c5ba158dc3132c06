"""Columns become numbers of like size, by hand."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import numpy as np
import pyarrow as pa
import pytest

from regulars.base.errors import RuleError
from regulars.science.learned import lookalike


def test_numbers_become_their_place_among_all() -> None:
    table = pa.table({
        "member_id": [f"m{n:03d}" for n in range(102)],
        "age": pa.array([*range(101), None], pa.int64()),
        "one": [7] * 102,
    })  # fmt: skip
    encoding = lookalike.Encoding.of(table)
    values = encoding.encoded(table)

    assert encoding.names() == ["age", "age squared", "age missing"]
    np.testing.assert_allclose(values[:101, 0], np.arange(101) / 50.0 - 1.0, atol=1e-12)
    np.testing.assert_allclose(values[50], [0.0, -1 / 3, 0.0], atol=1e-12)
    np.testing.assert_allclose(values[101], [0.0, 0.0, 1.0])


def test_equal_values_stand_in_their_middle() -> None:
    table = pa.table({"n": [0.0] * 50 + [1.0] * 50})
    column = lookalike.Encoding.of(table).encoded(table)[:, 0]
    assert sorted(set(np.round(column, 9).tolist())) == pytest.approx([-0.5, 0.5], abs=0.02)


def test_texts_dates_flags_and_money() -> None:
    table = pa.table({
        "group": ["b", "a", "a", None],
        "since": [date(2024, 1, day) for day in (1, 2, 3, 4)],
        "in_app": [True, False, True, None],
        "spent": pa.array([Decimal("1.00"), Decimal("2.00"), None, Decimal("9.00")]),
    })  # fmt: skip
    encoding = lookalike.Encoding.of(table)

    assert encoding.levels == {"group": ("a", "b")}
    assert list(encoding.steps) == ["since", "in_app", "spent"]
    np.testing.assert_allclose(encoding.encoded(table)[:, -2:], [[0, 1], [1, 0], [1, 0], [0, 0]])
    new = table.set_column(0, "group", pa.array(["c", "a", None, "b"]))
    np.testing.assert_allclose(encoding.encoded(new)[:, -2:], [[0, 0], [1, 0], [0, 0], [0, 1]])


def test_what_cannot_be_compared() -> None:
    with pytest.raises(RuleError, match="places: a column of list<item: int64> tells nothing"):
        lookalike.Encoding.of(pa.table({"places": [[1], [2]]}))
    with pytest.raises(RuleError, match="no column tells members apart"):
        lookalike.Encoding.of(pa.table({"member_id": ["a", "b"], "n": [1, 1], "t": ["x", "x"]}))
    with pytest.raises(RuleError, match="features: the table lacks n"):
        lookalike.Encoding.of(pa.table({"n": [1, 2]})).encoded(pa.table({"m": [1, 2]}))
