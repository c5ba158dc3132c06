"""Member 360: key numbers, timeline, order lines, and the reveal that leaves a trace."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.test import Client

from regulars.apps.accounts.models import AuditEvent
from regulars.apps.accounts.types import Role
from regulars.apps.members.models import Identifier
from regulars.console.tests.chain import AS_OF, FIRST, Chain, phone_of
from regulars.console.tests.conftest import SignIn


@pytest.fixture
def admin(sign_in: SignIn) -> Client:
    return sign_in(Role.ADMIN)


def test_key_numbers_are_those_of_the_till(chain: Chain, admin: Client) -> None:
    lines = chain.bought("c2", first=FIRST, end=AS_OF)
    sales = sum((Decimal(line["paid"]) for line in lines), Decimal(0))
    orders = len({line["order"] for line in lines})
    page = admin.get(f"/members/{chain.member_of['c2']}/").content.decode()
    assert f"¥{sales:,.2f}" in page
    assert f"<dd>{orders}<small>" in page
    assert "¥20.00" in page  # every order of member 2 is worth 12 + 8
    assert "Shop s1" in page
    assert phone_of(2) not in page
    assert "138****8001" in page


def test_an_earlier_business_date_knows_less(chain: Chain, admin: Client) -> None:
    admin.post("/preferences/business-date/", {"as_of": "2024-05-01", "next": "/members/"})
    lines = chain.bought("c2", first=FIRST, end=date(2024, 5, 1))
    sales = sum((Decimal(line["paid"]) for line in lines), Decimal(0))
    page = admin.get(f"/members/{chain.member_of['c2']}/").content.decode()
    assert f"¥{sales:,.2f}" in page
    assert "As of 2024-05-01" in page


def test_an_order_opens_to_its_lines(chain: Chain, admin: Client) -> None:
    page = admin.get(f"/members/{chain.member_of['c2']}/order/?order=o2-0").content.decode()
    assert "Green tea" in page
    assert "¥12.00" in page
    assert "Rice" in page
    assert "¥8.00" in page


def test_the_timeline_pages_and_filters(chain: Chain, admin: Client) -> None:
    member = chain.member_of["c1"]
    orders = len({line["order"] for line in chain.bought("c1", first=FIRST, end=AS_OF)})
    seen, number = 0, 1
    while True:
        answer = admin.get(f"/members/{member}/timeline/?kind=order&page={number}")
        page = answer.content.decode()
        seen += page.count('class="kind-order"')
        if "Show earlier" not in page:
            break
        number += 1
    assert seen == orders
    empty = admin.get(f"/members/{member}/timeline/?kind=send").content.decode()
    assert "Nothing of this kind has happened." in empty


def test_a_reveal_shows_the_value_and_says_who_looked(chain: Chain, sign_in: SignIn) -> None:
    member = chain.member_of["c2"]
    row = Identifier.objects.get(member=member, kind="phone")
    service = sign_in(Role.SERVICE)
    answer = service.post(f"/members/{member}/identifiers/{row.pk}/")
    assert "13800138001" in answer.content.decode().replace(" ", "").replace("-", "")
    assert "no-store" in answer.headers["Cache-Control"]
    event = AuditEvent.objects.get(action="reveal")
    assert (event.actor_name, event.object_id) == ("service-0", member)


def test_a_role_that_may_not_reveal_sees_the_mask_only(chain: Chain, sign_in: SignIn) -> None:
    member = chain.member_of["c2"]
    row = Identifier.objects.get(member=member, kind="phone")
    analyst = sign_in(Role.ANALYST)
    assert analyst.post(f"/members/{member}/identifiers/{row.pk}/").status_code == 403
    assert not AuditEvent.objects.filter(action="reveal").exists()
    assert "Reveal" not in analyst.get(f"/members/{member}/").content.decode()
    assert analyst.get(f"/members/{member}/identifiers/{row.pk}/").status_code == 405


@pytest.mark.parametrize("order_id", ["", "../o2-0", "o2-0\n", "o2\x000", "o" * 5000])
def test_an_order_id_that_is_none_is_not_found(chain: Chain, admin: Client, order_id: str) -> None:
    answer = admin.get(f"/members/{chain.member_of['c2']}/order/", {"order": order_id})
    assert answer.status_code == 404
