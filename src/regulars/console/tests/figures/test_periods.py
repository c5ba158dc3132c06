"""The flat queries of the pages give what the workshop's definitions give."""

from __future__ import annotations

from datetime import date

import pytest
from django.conf import settings

from regulars.apps.accounts.types import Actor, DataScope, Role
from regulars.base.business_time import Window
from regulars.console.desk import Desk, desk_at
from regulars.console.figures import periods, standing
from regulars.console.tests.chain import AS_OF, Chain
from regulars.lake import Lake
from regulars.science import kpi
from regulars.science.facts import known


@pytest.fixture(params=[DataScope("hq"), DataScope("store", ("s2",))], ids=["hq", "store"])
def desk(chain: Chain, request: pytest.FixtureRequest) -> Desk:
    actor = Actor(1, "ada", "Ada", Role.ADMIN, request.param)
    return desk_at(Lake(settings.REGULARS_LAKE).snapshot(), actor, wanted="")


def test_months_equal_the_workshop_key_figures(desk: Desk) -> None:
    months = periods.months(desk)
    assert [month.first for month in months] == [date(2024, number, 1) for number in range(1, 6)]
    expected = kpi.by_period(
        known(desk.lake.table("orders"), AS_OF),
        desk.lake.table("members"),
        window=Window(months[0].first, months[-1].end),
        every="month",
        as_of=AS_OF,
        repurchase_days=(30,),
    )
    rows = expected.to_pyarrow().to_pylist()
    for month, row in zip(months, rows, strict=True):
        assert (month.sales, month.orders, month.active_members, month.member_orders) == (
            row["sales"],
            row["orders"],
            row["active_members"],
            row["member_orders"],
        )
        assert (month.members, month.new_members) == (row["members"], row["new_members"])
        assert month.average_order_value == row["average_order_value"]
        assert month.frequency == pytest.approx(row["frequency"], rel=1e-12)
        if month.repurchase_rate is not None:
            assert month.repurchase_rate == pytest.approx(row["repurchase_rate_30d"], rel=1e-12)
    assert [month.repurchase_rate is None for month in months] == [False] * 4 + [True]


def test_weeks_equal_the_workshop_key_figures(desk: Desk) -> None:
    weeks = periods.weeks(desk)
    expected = kpi.by_period(
        known(desk.lake.table("orders"), AS_OF),
        desk.lake.table("members"),
        window=Window(weeks[0].first, weeks[-1].end),
        every="week",
        as_of=AS_OF,
        repurchase_days=(),
    )
    rows = expected.to_pyarrow().to_pylist()
    assert [(week.first, week.sales, week.active_members) for week in weeks] == [
        (row["period_start"], row["sales"], row["active_members"]) for row in rows
    ]
    assert weeks[-1].end == date(2024, 6, 10)


def test_groups_and_stages_hold_every_member_once(desk: Desk) -> None:
    people = 10 if desk.lake.scope.is_hq else 4
    assert sum(group.members for group in standing.groups(desk)) == people
    assert sum(stage.members for stage in standing.stages(desk)) == people
    for group in standing.groups(desk):
        assert group.repurchase_rate is not None
        assert 0 <= group.repurchase_rate <= 1
