"""Options and inputs that make no sense are refused, with the reason."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from regulars.base.business_time import Window
from regulars.base.errors import RuleError
from regulars.science import kpi, lifecycle, rfm
from regulars.science.lifecycle import LifecycleRules
from regulars.science.rfm import RfmCuts, RfmOptions
from tests.science.history import members_table, orders_table

CUTS = RfmCuts(recency_days=(30,), frequency=(2,), monetary=(Decimal(50),))
WRONG: Any = "sideways"  # what a settings file may say
WINDOW = Window(date(2024, 1, 1), date(2024, 2, 1))


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: RfmOptions(window_days=0), "an RFM window of 0 days holds no day"),
        (lambda: RfmOptions(levels=6), "RFM scores cannot have 6 levels. Use 2 to 5"),
        (lambda: RfmOptions(levels=1), "RFM scores cannot have 1 levels. Use 2 to 5"),
        (lambda: RfmOptions(method=WRONG), "there is no RFM method 'sideways'"),
        (lambda: RfmOptions(high=WRONG), "high cannot be 'sideways'"),
        (lambda: RfmOptions(method="fixed"), "the method fixed needs cuts"),
        (lambda: RfmOptions(cuts=CUTS), "the method quantile takes no cuts"),
        (
            lambda: RfmOptions(method="fixed", levels=3, cuts=CUTS),
            r"RfmCuts.recency_days: 3 levels need 2 rising cuts, not \(30,\)",
        ),
        (
            lambda: RfmOptions(
                method="fixed",
                levels=3,
                cuts=RfmCuts(recency_days=(9, 3), frequency=(1, 2), monetary=(Decimal(1),)),
            ),
            "RfmCuts.recency_days: 3 levels need 2 rising cuts",
        ),
        (lambda: LifecycleRules(growth_orders=6), "growth from 6 and mature from 6 orders"),
        (lambda: LifecycleRules(growth_orders=0), "growth from 0"),
        (lambda: LifecycleRules(dormant_days=180), "dormant after 180 and churned after 180 days"),
    ],
)
def test_options(build: Callable[[], object], message: str) -> None:
    with pytest.raises(RuleError, match=message):
        build()


def test_a_moment_is_not_a_business_date() -> None:
    with pytest.raises(RuleError, match="as_of must be a date"):
        rfm.score(orders_table([]), as_of=datetime(2024, 1, 1, tzinfo=UTC))


def test_a_missing_column_is_named_with_its_table() -> None:
    with pytest.raises(RuleError, match="orders: the table lacks net_amount"):
        rfm.score(orders_table([]).drop("net_amount"), as_of=date(2024, 1, 1))
    with pytest.raises(RuleError, match="members: the table lacks joined_on"):
        lifecycle.stages(
            orders_table([]), members_table([]).drop("joined_on"), as_of=date(2024, 1, 1)
        )


def test_key_figures_cannot_know_less_than_their_window() -> None:
    with pytest.raises(RuleError, match="the window that ends on 2024-02-01 is not over"):
        kpi.summary(orders_table([]), members_table([]), window=WINDOW, as_of=date(2024, 1, 31))
    with pytest.raises(RuleError, match="nobody can buy again within 0 days"):
        kpi.summary(orders_table([]), members_table([]), window=WINDOW, repurchase_days=(0,))
    with pytest.raises(RuleError, match="there is no period 'sideways'"):
        kpi.by_period(orders_table([]), members_table([]), window=WINDOW, every=WRONG)
