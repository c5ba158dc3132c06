"""Lines drawn in what a model says: by hand, member by member."""

from __future__ import annotations

from collections.abc import Sequence

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pytest

from regulars.base.errors import RuleError
from regulars.science.monitors import WatchOptions, crossings, standard_monitors
from tests.science.history import rows


def told(
    name: str, column: str, before: Sequence[object], after: Sequence[object]
) -> dict[str, str]:
    """Return the direction told of each member whose value changes so; '-' has no row."""
    monitor = next(one for one in standard_monitors() if one.name == name)
    found = crossings(monitor, table(column, before), table(column, after))
    return {row["member_id"]: row["direction"] for row in rows(found)}


def table(column: str, values: Sequence[object]) -> ir.Table:
    """Return the members a, b, c, … with a value each."""
    kind = pa.float64() if column == "p_alive" else pa.string()
    there = [(chr(97 + n), value) for n, value in enumerate(values) if value != "-"]
    return ibis.memtable(
        pa.table(
            {
                "member_id": pa.array([member for member, _ in there], pa.string()),
                column: pa.array([value for _, value in there], kind),
            }
        )
    )


def test_a_probability_tells_when_it_falls_below_one_half() -> None:
    before = [0.9, 0.9, 0.4, 0.9, None, 0.5, "-", 0.2]
    after = [0.4, 0.5, 0.3, None, 0.1, 0.49, 0.1, 0.9]
    assert told("p_alive", "p_alive", before, after) == {"a": "down", "f": "down"}


def test_bands_of_lifetime_value_tell_both_ways() -> None:
    before = ["high", "low", "medium", "high", "-", "medium", None]
    after = ["low", "medium", "medium", "-", "high", "high", "low"]
    assert told("clv_band", "value_band", before, after) == {"a": "down", "b": "up", "f": "up"}


@pytest.mark.parametrize("options", [{"risk_days": 0}, {"alive_min": 1.0}, {"alive_min": 0.0}])
def test_a_line_that_nobody_can_cross_is_refused(options: dict[str, float]) -> None:
    with pytest.raises(RuleError):
        WatchOptions(**options)  # type: ignore[arg-type]  # that is what is tried
