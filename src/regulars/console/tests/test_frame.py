"""Around every page: language, theme, business date, policy, and the pages for errors."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from regulars.apps.accounts.types import Role
from regulars.console.tests.chain import Chain
from regulars.console.tests.conftest import SignIn


@pytest.fixture
def admin(sign_in: SignIn) -> Client:
    return sign_in(Role.ADMIN)


def test_the_language_changes_on_the_same_page(chain: Chain, admin: Client) -> None:
    answer = admin.post(
        "/preferences/language/",
        {"language": "zh-hans", "next": "/members/?stage=mature"},
        follow=True,
    )
    assert answer.redirect_chain == [("/members/?stage=mature", 302)]
    page = answer.content.decode()
    assert '<html lang="zh-hans"' in page
    assert "生命周期阶段" in page


def test_the_theme_is_kept(chain: Chain, admin: Client) -> None:
    admin.post("/preferences/theme/", {"theme": "dark", "next": "/"})
    assert 'data-bs-theme="dark"' in admin.get("/members/").content.decode()
    admin.post("/preferences/theme/", {"theme": "neon", "next": "/"})
    assert 'data-bs-theme="dark"' in admin.get("/members/").content.decode()


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example/", "javascript:x"])
def test_a_preference_never_leads_elsewhere(chain: Chain, admin: Client, elsewhere: str) -> None:
    for act in ("language", "theme", "business-date"):
        answer = admin.post(f"/preferences/{act}/", {"next": elsewhere})
        assert answer.headers["Location"] == "/"


def test_the_business_date_can_be_one_with_features_only(chain: Chain, admin: Client) -> None:
    admin.post("/preferences/business-date/", {"as_of": "2024-05-01"})
    assert "As of 2024-05-01" in admin.get("/members/").content.decode()
    admin.post("/preferences/business-date/", {"as_of": "2030-01-01"})
    assert "As of 2024-06-15" in admin.get("/members/").content.decode()


def test_every_answer_forbids_inline_script_and_style(chain: Chain, admin: Client) -> None:
    for address in ("/", "/members/", "/no-such-page/", "/sign-in/"):
        answer = admin.get(address)
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'self'" in policy
        assert "unsafe" not in policy
        page = answer.content.decode()
        assert " style=" not in page
        assert "<style" not in page
        assert "onclick" not in page


def test_no_page_is_kept_in_a_cache(chain: Chain, admin: Client) -> None:
    for address in ("/", "/members/", f"/members/{chain.member_of['c1']}/timeline/", "/nowhere/"):
        assert "no-store" in admin.get(address).headers["Cache-Control"]
    export = admin.post("/members/export/?stage=dormant")
    assert "no-store" in export.headers["Cache-Control"]


def test_a_business_date_of_a_megabyte_is_not_kept(chain: Chain, admin: Client) -> None:
    admin.post("/preferences/business-date/", {"as_of": "2024-05-01" + "x" * 1_000_000})
    assert len(admin.session["as_of"]) == 10


def test_an_unknown_page_teaches(chain: Chain, admin: Client) -> None:
    answer = admin.get("/no-such-page/")
    assert answer.status_code == 404
    assert "Back to the overview" in answer.content.decode()


def test_a_form_of_an_old_page_changes_nothing_and_says_so(chain: Chain, admin: Client) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = admin.cookies
    for address in ("/preferences/business-date/", "/members/export/", "/sign-in/"):
        answer = strict.post(address, {"as_of": "2024-05-01"})
        assert answer.status_code == 403
        assert "This page is out of date" in answer.content.decode()
        assert "no-store" in answer.headers["Cache-Control"]
    assert "As of 2024-06-15" in admin.get("/members/").content.decode()


def test_a_broken_page_answers_without_the_lake(
    chain: Chain, admin: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("regulars.console.views.overview.overview_context", fail)
    admin.raise_request_exception = False
    answer = admin.get("/")
    assert answer.status_code == 500
    assert "Something broke on our side" in answer.content.decode()


def test_an_empty_chain_teaches(db: None, sign_in: SignIn) -> None:
    client = sign_in(Role.ADMIN)
    assert "No orders yet" in client.get("/").content.decode()
    assert "No member matches" in client.get("/members/").content.decode()
    assert "Nothing was loaded yet" in client.get("/data/").content.decode()
    assert "Nothing was computed yet" in client.get("/data/refresh/").content.decode()


def test_navigation_names_only_what_the_role_may_open(chain: Chain, sign_in: SignIn) -> None:
    for role in (Role.ADMIN, Role.ANALYST, Role.SERVICE):
        client = sign_in(role)
        page = client.get("/").content.decode()
        rail = page[page.index('id="rail"') : page.index("</nav>")]
        links = re.findall(r'<a class="rail-link" href="([^"]+)"', rail)
        assert links
        assert all(client.get(link, follow=True).status_code == 200 for link in links)
