"""The alerts page: who is told of, what is suggested, and that the overview leads there."""

from __future__ import annotations

import re
from collections import Counter
from html import unescape
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from regulars.apps.accounts.types import DataScope, Role
from regulars.console.desk import forget
from regulars.console.tests.chain import AS_OF, EARLIER, Chain
from regulars.console.tests.conftest import SignIn
from regulars.console.tests.insights.reading import members_behind
from regulars.lake import Lake
from regulars.science.monitors import PLAYS, follow
from regulars.science.producers import refresh, standard_producers

_COUNT = re.compile(r'<a class="alert-count num" href="([^"]+)">(\d+) member')
_GROUP = re.compile(r'<td class="r" data-label="Members"><a href="([^"]+)">(\d+)</a>')


@pytest.fixture
def admin(sign_in: SignIn) -> Client:
    return sign_in(Role.ADMIN)


def raised() -> list[dict[str, Any]]:
    with Lake(settings.REGULARS_LAKE).snapshot() as snapshot:
        rows: list[dict[str, Any]] = snapshot.table("alerts").to_pyarrow().to_pylist()
    return rows


def test_every_alert_is_counted_and_leads_to_its_members(chain: Chain, admin: Client) -> None:
    told = Counter(f"{row['monitor']}-{row['direction']}" for row in raised())
    assert told  # or this test shows nothing
    page = admin.get("/insights/alerts/").content.decode()
    found = _COUNT.findall(page)
    assert {re.search(r"alert=([\w-]+)", unescape(url))[1]: int(n) for url, n in found} == told  # type: ignore[index]  # there
    for url, number in (*found, *_GROUP.findall(page)):
        assert len(members_behind(admin, url)) == int(number)


def test_each_alert_is_of_a_group_that_has_a_play(chain: Chain) -> None:
    for row in raised():
        assert (row["since"], row["as_of"]) == (EARLIER, AS_OF)
        assert row["play"] == PLAYS[row["rfm_group"]][0]


def test_the_same_refresh_again_tells_nothing(chain: Chain, admin: Client) -> None:
    before, page = len(raised()), admin.get("/insights/alerts/").content.decode()
    lake = Lake(settings.REGULARS_LAKE)
    for full in (False, True):
        follow(lake, refresh(lake, AS_OF, full=full), producers=standard_producers())
    forget()
    assert len(raised()) == before
    assert _COUNT.findall(admin.get("/insights/alerts/").content.decode()) == _COUNT.findall(page)


def test_a_manager_is_told_of_their_own_members(chain: Chain, sign_in: SignIn) -> None:
    manager = sign_in(Role.SHOP_MANAGER, DataScope("store", ("s1",)))
    theirs = {chain.member_of[f"c{number}"] for number in range(7, 11)}
    mine = [row for row in raised() if row["member_id"] not in theirs]
    found = _COUNT.findall(manager.get("/insights/alerts/").content.decode())
    assert sum(int(number) for _, number in found) == len(mine) < len(raised())
    for url, _number in found:
        assert not theirs & set(members_behind(manager, url))


def test_the_overview_leads_to_the_alerts(chain: Chain, admin: Client) -> None:
    down = [row for row in raised() if (row["monitor"], row["direction"]) == ("rfm_group", "down")]
    page = admin.get("/").content.decode()
    assert ('href="/insights/alerts/"' in page) is bool(down)


def test_before_the_first_alert_the_page_teaches(chain: Chain, admin: Client) -> None:
    admin.post("/preferences/business-date/", {"as_of": EARLIER.isoformat()})
    page = admin.get("/insights/alerts/").content.decode()
    assert "Nobody has crossed a line yet" in page
    assert "Exclusive benefits for VIPs" in page
