"""The lifecycle page: mixes, changes and balances, counted anew from the till's own file."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.test import Client

from regulars.apps.accounts.types import DataScope, Role
from regulars.console.tests.chain import AS_OF, FIRST, Chain
from regulars.console.tests.conftest import SignIn
from regulars.console.tests.insights.reading import balances, charts, members_behind
from regulars.science.lifecycle import LifecycleRules
from tests.science.diary import stage_at_the_end_of

STAGES = ("introduction", "growth", "mature", "dormant", "churned")
MAY_DAY = date(2024, 5, 1)


@pytest.fixture
def admin(sign_in: SignIn) -> Client:
    return sign_in(Role.ADMIN)


def standing(chain: Chain, day: date) -> dict[str, str]:
    """Return each card's stage before ``day`` began, walked through by hand."""
    found = {}
    for card in chain.member_of:
        days = sorted(
            {date.fromisoformat(one["at"][:10]) for one in chain.bought(card, first=FIRST, end=day)}
        )
        eve = date.fromordinal(day.toordinal() - 1)
        found[card] = stage_at_the_end_of(eve, days, None, LifecycleRules())
    return found


def test_each_month_shows_where_members_stood_and_leads_to_them(
    chain: Chain, admin: Client
) -> None:
    mix = charts(admin.get("/insights/lifecycle/").content.decode())["chart-mix"]
    # A bar is named by the last day it counts: the end of January, of February, ...
    names = ["2024-01-31", "2024-02-29", "2024-03-31", "2024-04-30", "2024-05-31", "2024-06-14"]
    assert [row[0] for row in mix["rows"]] == names
    assert date(2024, 6, 15) == AS_OF
    days = [date.fromisoformat(name) + timedelta(days=1) for name in names]
    for day, row in zip(days, mix["rows"], strict=True):
        stood = standing(chain, day)
        assert row[1:] == [list(stood.values()).count(stage) for stage in STAGES]
    stood = standing(chain, MAY_DAY)
    for stage, link in zip(STAGES, mix["cells"][days.index(MAY_DAY)], strict=True):
        assert sorted(members_behind(admin, link)) == sorted(
            chain.member_of[card] for card, held in stood.items() if held == stage
        )


@pytest.mark.parametrize("months", [1, 3, 6])
def test_start_and_inflow_less_outflow_is_the_end(chain: Chain, admin: Client, months: int) -> None:
    page = admin.get(f"/insights/lifecycle/?months={months}").content.decode()
    found = balances(page)
    assert [name for name, *_ in found] == [
        "Introduction", "Growth", "Mature", "Dormant", "Churned",
    ]  # fmt: skip
    for _name, start, inflow, outflow, net, end in found:
        assert net == inflow - outflow
        assert end == start + net
    ends = standing(chain, date(2024, 6, 1))
    assert [row[-1] for row in found] == [list(ends.values()).count(stage) for stage in STAGES]


def test_every_change_leads_to_those_who_made_it(chain: Chain, admin: Client) -> None:
    spec = charts(admin.get("/insights/lifecycle/?months=6").content.decode())["chart-flows"]
    by_name = dict(zip((row[0] for row in spec["rows"]), spec["links"], strict=True))
    assert members_behind(admin, by_name["Growth → Dormant"]) == [chain.member_of["c10"]]
    for row, link in zip(spec["rows"], spec["links"], strict=True):
        # Of these ten nobody changed the same way twice.
        assert len(members_behind(admin, link)) == row[1]


def test_a_manager_sees_the_stages_of_their_own_members(chain: Chain, sign_in: SignIn) -> None:
    manager = sign_in(Role.SHOP_MANAGER, DataScope("store", ("s1",)))
    page = manager.get("/insights/lifecycle/?months=6").content.decode()
    assert sum(row[-1] for row in balances(page)) == 6
    assert "Growth → Dormant" not in {row[0] for row in charts(page)["chart-flows"]["rows"]}
    behind = "/members/?flow=growth-dormant"
    assert members_behind(manager, behind) == []


@pytest.mark.parametrize("query", ["months=2", "months=x", "months=" + "9" * 5000])
def test_other_periods_are_the_usual_one(chain: Chain, admin: Client, query: str) -> None:
    page = admin.get(f"/insights/lifecycle/?{query}").content.decode()
    assert '<option value="3" selected>' in page


@pytest.mark.parametrize("query", ["flow=mature-growth", "flow=mature", "flow_from=x", "alert=x"])
def test_an_impossible_change_shows_nobody(chain: Chain, admin: Client, query: str) -> None:
    assert "could not be read" in admin.get(f"/members/?{query}").content.decode()
