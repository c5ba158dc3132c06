"""The RFM explorer: its numbers, the members behind each, and what a data scope cuts off."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from regulars.apps.accounts.types import DataScope, Role
from regulars.console.contexts.insights.matrix import matrix
from regulars.console.tests.chain import AS_OF, EARLIER, Chain
from regulars.console.tests.conftest import SignIn
from regulars.console.tests.insights.reading import charts, members_behind, moves, row_sums
from regulars.lake import Lake

_MINE = ("c1", "c2", "c3", "c4", "c5", "c6")


@pytest.fixture
def admin(sign_in: SignIn) -> Client:
    return sign_in(Role.ADMIN)


def scored(day: date) -> dict[str, dict[str, Any]]:
    """Return the rows of features/rfm as of the day by member."""
    with Lake(settings.REGULARS_LAKE).snapshot() as snapshot:
        rows = snapshot.table("features/rfm").to_pyarrow().to_pylist()
    return {row["member_id"]: row for row in rows if row["as_of"] == day}


def band(score: int) -> str:
    """Return the band of a score from 1 to 5, by the published table of the measures."""
    return {1: "low", 2: "low", 3: "medium", 4: "high", 5: "high"}[score]


def test_the_way_into_insights_leads_to_the_first_tab(chain: Chain, admin: Client) -> None:
    answer = admin.get("/insights/")
    assert answer.headers["Location"] == "/insights/rfm/"
    page = admin.get("/insights/rfm/").content.decode()
    assert '<a href="/insights/rfm/" aria-current="page">RFM</a>' in page
    assert 'href="/insights/" aria-current="page"' in page


def test_the_27_cells_hold_every_buyer_once_and_lead_to_them(chain: Chain, admin: Client) -> None:
    cells = Counter(
        "-".join(band(row[name]) for name in ("r_score", "f_score", "m_score"))
        for row in scored(AS_OF).values()
    )
    cube = charts(admin.get("/insights/rfm/").content.decode())["chart-cube"]
    shown = {"-".join(at): row[1] for at, row in zip(cube["places"], cube["rows"], strict=True)}
    assert len(shown) == 27
    assert {code: number for code, number in shown.items() if number} == cells
    linked = [
        member
        for row, link in zip(cube["rows"], cube["links"], strict=True)
        if row[1]
        for member in members_behind(admin, link)
    ]
    assert sorted(linked) == sorted(scored(AS_OF))


def test_the_three_bands_of_value_sum_to_all_buyers(chain: Chain, admin: Client) -> None:
    spec = charts(admin.get("/insights/rfm/").content.decode())["chart-bands"]
    assert [row[0] for row in spec["rows"]] == ["High", "Medium", "Low"]
    assert sum(row[1] for row in spec["rows"]) == len(scored(AS_OF))
    assert sum(row[2] for row in spec["rows"]) == pytest.approx(1)
    assert sum(row[3] for row in spec["rows"]) == pytest.approx(
        sum(float(row["monetary"]) for row in scored(AS_OF).values())
    )
    for row, link in zip(spec["rows"], spec["links"], strict=True):
        assert len(members_behind(admin, link)) == row[1]


@pytest.mark.parametrize("by", ["group", "band"])
def test_rows_of_the_moves_sum_to_the_prior_date(chain: Chain, admin: Client, by: str) -> None:
    page = admin.get(f"/insights/rfm/?by={by}").content.decode()
    assert f"from {EARLIER} to {AS_OF}" in page
    sums = {name: number for name, number in row_sums(page).items() if number}
    assert sum(sums.values()) == len(scored(EARLIER).keys() | scored(AS_OF).keys())
    if by == "group":
        groups = Counter(row["rfm_group"] for row in scored(EARLIER).values())
        assert sorted(sums.values()) == sorted(groups.values())


@pytest.mark.parametrize("by", ["group", "band"])
def test_every_move_leads_to_those_who_made_it(chain: Chain, admin: Client, by: str) -> None:
    before, after = scored(EARLIER), scored(AS_OF)
    found = moves(admin.get(f"/insights/rfm/?by={by}&compared={EARLIER}").content.decode())
    met = []
    for address, number in found:
        members = members_behind(admin, address)
        assert len(members) == number
        met += members
        if by == "group":
            assert len({before[member]["rfm_group"] for member in members}) == 1
            assert len({after[member]["rfm_group"] for member in members}) == 1
    assert sorted(met) == sorted(after)


def test_newcomers_are_no_share_of_those_absent_before() -> None:
    numbers = {("absent", "a"): 3, ("absent", "b"): 1, ("a", "a"): 3, ("a", "absent"): 1}
    table = matrix(
        numbers,
        ("a", "b", "absent"),
        name=str,
        address=lambda before, after: f"{before}>{after}",
        optional="absent",
    )
    rows = {row.name: row for row in table.rows}
    # Who was and is absent is not counted: the row's sum would lead to more than it says.
    assert (rows["absent"].total, rows["absent"].url) == ("4", "")
    assert [(one.text, one.url, one.share) for one in rows["absent"].cells if one.text] == [
        ("3", "absent>a", ""),
        ("1", "absent>b", ""),
    ]
    assert (rows["a"].total, rows["a"].url) == ("4", "a>")
    assert [one.share for one in rows["a"].cells] == ["75%", "", "25%"]


def test_a_manager_sees_the_moves_of_their_own_members(chain: Chain, sign_in: SignIn) -> None:
    manager = sign_in(Role.SHOP_MANAGER, DataScope("store", ("s1",)))
    mine = sorted(chain.member_of[card] for card in _MINE)
    page = manager.get("/insights/rfm/").content.decode()
    cube = charts(page)["chart-cube"]
    assert sum(row[1] for row in cube["rows"]) == len(mine)
    met = [member for address, _ in moves(page) for member in members_behind(manager, address)]
    assert sorted(met) == mine


def test_one_date_alone_teaches_how_to_get_another(chain: Chain, admin: Client) -> None:
    admin.post("/preferences/business-date/", {"as_of": EARLIER.isoformat()})
    page = admin.get("/insights/rfm/").content.decode()
    assert "One date is not enough" in page
    assert "regulars refresh --as-of 2023-11-01" in page


@pytest.mark.parametrize("query", ["compared=yesterday", "compared=2020-01-01", "by=weather"])
def test_what_was_not_meant_falls_back_to_the_date_before(
    chain: Chain, admin: Client, query: str
) -> None:
    assert f"from {EARLIER} to {AS_OF}" in admin.get(f"/insights/rfm/?{query}").content.decode()


@pytest.mark.parametrize(
    "query", ["was_group=important_value", "cell=high-high", "was_on=soon", "band=huge"]
)
def test_a_condition_that_is_not_whole_shows_nobody(
    chain: Chain, admin: Client, query: str
) -> None:
    page = admin.get(f"/members/?{query}").content.decode()
    assert "could not be read" in page


def test_a_date_without_features_has_nobody_even_absent(chain: Chain, admin: Client) -> None:
    assert members_behind(admin, "/members/?was_group=absent&was_on=2024-05-02") == []
