"""A tag's distribution leads to the members with that value, of the reader's scope."""

from __future__ import annotations

from django.test import Client

from regulars.apps.accounts.types import DataScope, Role
from regulars.console.tests.chain import Chain
from regulars.console.tests.conftest import SignIn

HQ, SHOP = DataScope("hq"), DataScope("store", ("s1",))


def listed(client: Client, address: str) -> set[str]:
    found = client.get(address).context["found"]
    assert not found.unread
    assert found.page.total == len(found.page.rows)
    return {row.member_id for row in found.page.rows}


def test_every_bar_leads_to_as_many_members(tagged: Chain, sign_in: SignIn) -> None:
    for scope, role in ((HQ, Role.OPERATIONS), (SHOP, Role.SHOP_MANAGER)):
        client = sign_in(role, scope)
        for code in ("recency_band", "home_store"):
            chart = client.get(f"/tags/{code}/").context["found"].chart
            assert chart.rows
            for row, link in zip(chart.rows, chart.links, strict=True):
                assert len(listed(client, link)) == row[1], link


def test_members_are_those_of_the_scope(tagged: Chain, sign_in: SignIn) -> None:
    whole = listed(sign_in(Role.OPERATIONS, HQ), "/members/?tag=recency_band")
    shop = listed(sign_in(Role.SHOP_MANAGER, SHOP), "/members/?tag=recency_band")
    assert len(whole) == 10
    assert len(shop) == 6
    assert shop < whole


def test_a_chip_tells_the_tag_and_takes_it_away(tagged: Chain, sign_in: SignIn) -> None:
    client = sign_in(Role.OPERATIONS, HQ)
    page = client.get("/members/?tag=repeat_buyer&tag_value=repeat&stage=growth").context["found"]
    chips = {chip.text: chip.url for chip in page.chips}
    assert "tag=" not in chips["Repeat buyer: Repeat"]
    assert "stage=growth" in chips["Repeat buyer: Repeat"]


def test_what_is_no_tag_is_nobodys(tagged: Chain, sign_in: SignIn) -> None:
    client = sign_in(Role.OPERATIONS, HQ)
    assert listed(client, "/members/?tag=nothing") == set()
    assert listed(client, "/members/?tag=recency_band&tag_value=nothing") == set()
    assert client.get("/members/?tag=No+tag").context["found"].unread == ("tag",)
