"""The members page: filters, order, pages, chips, export."""

from __future__ import annotations

import csv
import re
from datetime import date, timedelta

import pytest
from django.test import Client

from regulars.apps.accounts.models import AuditEvent
from regulars.apps.accounts.types import Role
from regulars.console.tests.chain import AS_OF, Chain, phone_of
from regulars.console.tests.conftest import SignIn

_ROW = re.compile(r'<a class="id" href="/members/(m[0-9a-z]+)/">')


@pytest.fixture
def admin(sign_in: SignIn) -> Client:
    return sign_in(Role.ADMIN)


def shown(client: Client, query: str = "") -> list[str]:
    """Return the member ids of the list, in its order."""
    return _ROW.findall(client.get(f"/members/?{query}").content.decode())


def test_the_biggest_spender_comes_first(chain: Chain, admin: Client) -> None:
    def spent(card: str) -> int:
        first = AS_OF - timedelta(days=365)
        return sum(int(line["paid"][:-3]) for line in chain.bought(card, first=first, end=AS_OF))

    people = sorted((spent(card), member) for card, member in chain.member_of.items())
    assert shown(admin, "sort=monetary") == [member for _, member in people]
    people.sort(key=lambda one: (-one[0], one[1]))
    assert shown(admin) == [member for _, member in people]
    assert shown(admin, "sort=member_id") == sorted(chain.member_of.values())


@pytest.mark.parametrize(
    ("query", "cards"),
    [
        ("stage=dormant", ["c10"]),
        ("store=s2&stage=mature", ["c9", "c8", "c7"]),
        ("recency_min=60", ["c10"]),
        ("bought_at=s2&bought_from=2024-06-01", ["c9", "c8", "c7"]),
        ("hour=9", ["c1"]),
        ("hour=9&weekday=0", ["c1"]),
        ("joined_from=2024-01-06", []),
        ("department=DRINKS&bought_to=2024-01-05&hour=18", None),
    ],
)
def test_filters_find_whom_they_describe(
    chain: Chain, admin: Client, query: str, cards: list[str] | None
) -> None:
    found = {member: card for card, member in chain.member_of.items()}
    got = [found[member] for member in shown(admin, query)]
    if cards is None:
        assert len(got) == 10  # everybody bought tea on the first day; the hour is of orders
    else:
        assert sorted(got) == sorted(cards)


@pytest.mark.parametrize("query", ["stage=sleepy", "recency_min=soon", "hour=24", "ids=138"])
def test_a_filter_that_means_nothing_shows_nobody_and_says_so(
    chain: Chain, admin: Client, query: str
) -> None:
    page = admin.get(f"/members/?{query}").content.decode()
    assert "could not be read" in page
    assert not _ROW.findall(page)


def test_an_id_may_be_begun(chain: Chain, admin: Client) -> None:
    member = chain.member_of["c3"]
    assert member in shown(admin, f"ids={member[:8]}")
    assert shown(admin, f"ids={member}") == [member]


def test_htmx_gets_the_list_alone(chain: Chain, admin: Client) -> None:
    answer = admin.get(
        "/members/?stage=dormant", headers={"HX-Request": "true", "HX-Target": "member-list"}
    )
    page = answer.content.decode()
    assert "<html" not in page
    assert _ROW.findall(page) == [chain.member_of["c10"]]


def test_a_phone_leads_to_its_member_and_never_stands_in_an_address(
    chain: Chain, admin: Client
) -> None:
    for text in (phone_of(4), "+86 138-0013-8003", "c4", chain.member_of["c4"]):
        answer = admin.post("/find/", {"q": text})
        assert answer.headers["Location"] == f"/members/{chain.member_of['c4']}/"
    assert admin.post("/find/", {"q": "13800138"}).headers["Location"] == "/members/"
    assert admin.get("/find/?q=c4").status_code == 405


def test_an_export_has_every_member_that_matches_and_is_recorded(
    chain: Chain, admin: Client
) -> None:
    answer = admin.post("/members/export/?store=s2&sort=-frequency")
    text = answer.getvalue().decode("utf-8-sig")
    rows = list(csv.DictReader(text.splitlines()))
    assert [row["Member id"] for row in rows] == [
        chain.member_of[card] for card in ("c7", "c8", "c9", "c10")
    ]
    days = len({line["at"] for line in chain.bought("c7", first=date(2024, 1, 1), end=AS_OF)})
    assert rows[0]["Orders, 365 days"] == str(days)
    assert rows[0]["RFM group"]
    event = AuditEvent.objects.get(action="export")
    assert event.detail["conditions"] == {"store_id": "s2"}


@pytest.mark.parametrize(
    ("query", "recorded"),
    [
        ("store=13800138000", {"store_id": "13800138000"}),
        ("bought_at=13800138000", {"bought_at_store_id": "13800138000"}),
        ("spend_min=12345678.00", {"spend_min": "CNY 12345678.00"}),
        ("department=12&hour=9", {"department": "12", "hour": "9"}),
    ],
)
def test_digits_in_a_condition_are_not_taken_for_a_phone(
    chain: Chain, admin: Client, query: str, recorded: dict[str, str]
) -> None:
    answer = admin.post(f"/members/export/?{query}")
    assert len(answer.getvalue().decode().splitlines()) == 1
    assert AuditEvent.objects.get(action="export").detail["conditions"] == recorded


@pytest.mark.parametrize(
    "query",
    ["store=a%40shop.example", "department=138-0013-8000", "channel=13800138000", "store=s%001"],
)
def test_an_identifier_or_a_null_is_no_condition(chain: Chain, admin: Client, query: str) -> None:
    assert "could not be read" in admin.get(f"/members/?{query}").content.decode()
    assert admin.post(f"/members/export/?{query}").status_code == 302
    assert not AuditEvent.objects.filter(action="export").exists()


@pytest.mark.parametrize("number", ["9" * 5000, "-1", "0", "1e9", "٣"])
def test_a_page_number_out_of_reason_is_a_page_all_the_same(
    chain: Chain, admin: Client, number: str
) -> None:
    for address in ("/members/", "/data/", "/data/quarantine/", "/merge-reviews/"):
        assert admin.get(address, {"page": number}).status_code == 200
    for run in ("9" * 19, "9" * 5000):
        assert admin.get("/data/quarantine/", {"run": run}).status_code == 200


def test_who_may_not_export_gets_no_file_and_no_button(chain: Chain, sign_in: SignIn) -> None:
    service = sign_in(Role.SERVICE)
    assert service.post("/members/export/").status_code == 403
    assert "Export CSV" not in service.get("/members/").content.decode()
    assert not AuditEvent.objects.filter(action="export").exists()


def test_a_formula_in_a_store_id_is_text_in_a_spreadsheet() -> None:
    from regulars.console.contexts.member_export import _harmless

    assert _harmless("=1+1") == "'=1+1"
    assert _harmless("367") == "367"
