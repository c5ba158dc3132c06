"""A shop manager sees nothing of another shop's member: at no address, on no page, in no file."""

from __future__ import annotations

import re
from collections import deque

import pytest
from django.test import Client
from django.utils import timezone

from regulars.apps.accounts.models import AuditEvent
from regulars.apps.accounts.types import DataScope, Role
from regulars.apps.members.models import Identifier, LinkEvent
from regulars.apps.members.types import LinkKind
from regulars.console.tests.chain import Chain, phone_of
from regulars.console.tests.conftest import SignIn

pytestmark = pytest.mark.slow

# The crawl ends by itself, at about half of this. Two filters together are as good as seven, and of
# a member's orders, all shown by one view, ten are as good as fifty.
PAGES_MAX = 500
PARAMETERS_MAX = 2
_LINK = re.compile(r'(?:href|hx-get|action)="([^"#]+)"')
# Of the 168 hours and 52 weeks, which differ only in a number, a few are enough.
_SKIPPED = re.compile(
    r"/static/|^/sign-out/|sort=-?[^m]|hour=([1-9]|1\d|2[0-3])\b|bought_from=202(3|4-0[1-4])"
    r"|order=o\d+-\d\d"
)
_MINE = ("c1", "c2", "c3", "c4", "c5", "c6")
_THEIRS = ("c7", "c8", "c9", "c10")


@pytest.fixture
def manager(sign_in: SignIn) -> Client:
    return sign_in(Role.SHOP_MANAGER, DataScope("store", ("s1",)))


def test_every_page_a_manager_can_reach_keeps_silent_about_the_other_shop(
    chain: Chain, manager: Client
) -> None:
    theirs = [chain.member_of[card] for card in _THEIRS]
    mine = [chain.member_of[card] for card in _MINE]
    pages = _crawled(manager)
    assert 100 <= len(pages) < PAGES_MAX
    assert all(any(member in page for page in pages.values()) for member in mine)
    for address, page in pages.items():
        for member in theirs:
            assert member not in page, address


@pytest.mark.parametrize(
    "address",
    [
        "/members/{member}/",
        "/members/{member}/timeline/",
        "/members/{member}/categories/",
        "/members/{member}/card/",
        "/members/{member}/timeline/?kind=order&page=2",
        "/members/{member}/order/?order={order}",
    ],
)
def test_another_shops_member_is_not_found(chain: Chain, manager: Client, address: str) -> None:
    member = chain.member_of["c7"]
    answer = manager.get(address.format(member=member, order="o7-0"))
    assert answer.status_code == 404
    nobody = manager.get(address.format(member="m0000000000000000", order="o7-0"))
    assert nobody.status_code == 404
    # Both answers are the same but for the address they repeat: nothing tells who exists.
    assert _bare(answer.content.decode().replace(member, "m0000000000000000")) == _bare(
        nobody.content.decode()
    )


def test_another_shops_order_is_not_found_under_ones_own_member(
    chain: Chain, manager: Client
) -> None:
    mine = chain.member_of["c1"]
    assert manager.get(f"/members/{mine}/order/?order=o1-0").status_code == 200
    assert manager.get(f"/members/{mine}/order/?order=o7-0").status_code == 404


def test_a_split_names_nobody_of_another_shop_even_without_its_merge(
    chain: Chain, manager: Client
) -> None:
    # A history is shown up to a limit, so the merge that a split undid may lie beyond it.
    mine, theirs = chain.member_of["c1"], chain.member_of["c7"]
    LinkEvent.objects.create(
        kind=LinkKind.UNMERGE, member_id=mine, other_id=theirs, source="test", at=timezone.now()
    )
    answer = manager.get(f"/members/{mine}/")
    assert answer.status_code == 200
    assert theirs not in answer.content.decode()


def test_another_shops_identifier_stays_sealed(chain: Chain, manager: Client) -> None:
    row = Identifier.objects.filter(member=chain.member_of["c7"], kind="phone").get()
    for member in (chain.member_of["c7"], chain.member_of["c1"]):
        answer = manager.post(f"/members/{member}/identifiers/{row.pk}/")
        assert answer.status_code == 404
        assert phone_of(7) not in answer.content.decode()
    assert not AuditEvent.objects.filter(action="reveal").exists()


@pytest.mark.parametrize("text", ["c7", phone_of(7)])
def test_another_shops_member_is_not_found_by_identifier(
    chain: Chain, manager: Client, text: str
) -> None:
    answer = manager.post("/find/", {"q": text}, follow=True)
    assert answer.redirect_chain == [("/members/", 302)]
    assert chain.member_of["c7"] not in answer.content.decode()
    own = manager.post("/find/", {"q": phone_of(1)})
    assert own.headers["Location"] == f"/members/{chain.member_of['c1']}/"


def test_another_shops_member_is_not_listed_by_id_or_store(chain: Chain, manager: Client) -> None:
    member = chain.member_of["c7"]
    for query in (f"ids={member}", f"ids={member[:6]}", "store=s2", "bought_at=s2"):
        assert (
            f'href="/members/{member}/"' not in manager.get(f"/members/?{query}").content.decode()
        )


@pytest.mark.parametrize(
    "address",
    ["/data/", "/data/quarantine/", "/data/refresh/", "/data/tables/", "/merge-reviews/"],
)
def test_pages_of_the_whole_brand_are_refused(chain: Chain, manager: Client, address: str) -> None:
    assert manager.get(address).status_code == 403


def test_an_export_holds_only_ones_own_region(chain: Chain, sign_in: SignIn) -> None:
    analyst = sign_in(Role.ANALYST, DataScope("store", ("s1",)))
    answer = analyst.post("/members/export/")
    rows = answer.getvalue().decode()
    assert all(chain.member_of[card] in rows for card in _MINE)
    assert not any(chain.member_of[card] in rows for card in _THEIRS)


def _bare(page: str) -> str:
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", page)


def _crawled(client: Client) -> dict[str, str]:
    """Return every page that links lead to, from the overview on, by address."""
    seen: dict[str, str] = {}
    waiting = deque(["/"])
    while waiting:
        address = waiting.popleft()
        if address in seen or len(seen) >= PAGES_MAX:
            continue
        answer = client.get(address)
        assert answer.status_code in {200, 302, 403, 404, 405}, address
        page = answer.content.decode() if answer.status_code == 200 else ""
        seen[address] = page
        base = address.split("?")[0]
        for found in _LINK.findall(page):
            link = found.replace("&amp;", "&")
            link = base + link if link.startswith("?") else link
            few = link.count("=") <= PARAMETERS_MAX
            if few and link.startswith("/") and not _SKIPPED.search(link):
                waiting.append(link)
    return seen
