"""How many questions a page may put to the ledger; the lake is asked once per commit."""

from __future__ import annotations

import pytest
from pytest_django import DjangoAssertNumQueries

from regulars.apps.accounts.types import DataScope, Role
from regulars.console.tests.chain import Chain
from regulars.console.tests.conftest import SignIn

# Session and user are two of each. Whoever adds up the figures asks who was erased meanwhile.
BUDGETS = {
    "/": 10,
    "/members/": 4,
    "/members/?stage=mature&sort=joined_on&page=2": 4,
    "/members/{member}/": 10,
    "/members/{member}/timeline/?kind=order": 3,
    "/members/{member}/categories/": 3,
    "/members/{member}/card/": 3,
    "/members/{member}/order/?order=o1-0": 3,
    "/insights/rfm/": 8,
    "/insights/rfm/?by=band": 8,
    "/insights/lifecycle/": 8,
    "/insights/value/": 8,
    "/insights/risk/": 8,
    "/insights/lookalike/": 12,
    "/insights/alerts/": 8,
    "/insights/models/": 4,
    "/data/": 12,
    "/data/loads/{run}/": 8,
    "/data/quarantine/": 6,
    "/data/refresh/": 4,
    "/data/tables/": 3,
    "/data/tables/order_lines/": 3,
    "/merge-reviews/": 8,
}


@pytest.mark.parametrize(("address", "budget"), BUDGETS.items(), ids=BUDGETS)
def test_a_page_keeps_to_its_budget(
    chain: Chain,
    sign_in: SignIn,
    django_assert_max_num_queries: DjangoAssertNumQueries,
    address: str,
    budget: int,
) -> None:
    from regulars.apps.ingest.models import LoadRun

    run = LoadRun.objects.latest("pk").pk
    client = sign_in(Role.ADMIN, DataScope("hq"))
    page = address.format(member=chain.member_of["c1"], run=run)
    with django_assert_max_num_queries(budget):
        assert client.get(page).status_code == 200
