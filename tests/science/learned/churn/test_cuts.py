"""When is trained, stopped and judged."""

from __future__ import annotations

from datetime import date

import pytest

from regulars.base.errors import RuleError
from regulars.science.learned import churn


def test_times_do_not_overlap() -> None:
    found = churn.cuts(first=date(2023, 7, 1), as_of=date(2025, 7, 1), horizon_days=90)

    assert found == churn.Cuts(
        train=(date(2024, 10, 4), date(2024, 9, 4), date(2024, 8, 5)),
        stop=date(2025, 1, 2),
        judge=date(2025, 4, 2),
        horizon_days=90,
    )


def test_a_short_history_trains_on_what_there_is() -> None:
    found = churn.cuts(first=date(2025, 1, 1), as_of=date(2025, 7, 1), horizon_days=30)
    assert found.train == (date(2025, 4, 2), date(2025, 3, 3))


def test_too_short_a_history() -> None:
    with pytest.raises(RuleError) as told:
        churn.cuts(first=date(2025, 1, 1), as_of=date(2025, 7, 1), horizon_days=90)
    assert told.value.what == "181 days of orders are too few for a horizon of 90"
    assert "2025-11-27" in told.value.fix
