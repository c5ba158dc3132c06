"""The console in a real browser: both languages, both themes, three widths, by keyboard.

A console message, a breach of the security policy (Chromium reports it as a console error) or a
page wider than its window fails the test. Pictures go to tests/screenshots.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect
from pytest_django.live_server_helper import LiveServer

from regulars.apps.accounts.types import Role
from regulars.apps.members.models import Identifier
from regulars.console.tests.browser import Visitor, chromium, visitor
from regulars.console.tests.chain import Chain, make_user
from tests.child_ledger import on_postgresql

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


# The suite has two passes, one for each ledger: one sees the pages in Chinese, one in English.
LANGUAGE_AND_THEME = ("en", "dark") if on_postgresql() else ("zh-hans", "light")


@pytest.fixture
def window(live_server: LiveServer, browser: Browser) -> Iterator[Visitor]:
    """Somebody who has signed in; at the end nothing may have gone wrong."""
    someone = visitor(browser, live_server.url, *LANGUAGE_AND_THEME)
    someone.enter(make_user("ada", Role.ADMIN))
    yield someone
    someone.context.close()
    assert someone.faults == []


def test_signing_in_leads_to_the_page_that_was_asked_for(window: Visitor, chain: Chain) -> None:
    window.context.clear_cookies(name="sessionid")
    window.go("/members/")
    window.page.fill("input[name=username]", "ada")
    window.page.fill("input[name=password]", "amber-river-1742")
    window.page.click("main button[type=submit]")
    window.page.wait_for_url("**/members/")
    expect(window.page.locator("#member-list tbody tr")).to_have_count(10)


def test_every_page_stands_at_every_width(window: Visitor, tagged: Chain) -> None:
    window.go("/profile/")
    name = window.page.locator("html").get_attribute("lang")
    for page, address in PAGES.items():
        window.go(address.format(member=tagged.member_of["c1"]))
        assert window.page.locator("h1").is_visible()
        window.look(f"{page}-{name}")


PAGES = {
    "overview": "/",
    "rfm": "/insights/rfm/",
    "lifecycle": "/insights/lifecycle/",
    "value": "/insights/value/",
    "alerts": "/insights/alerts/",
    "models": "/insights/models/",
    "members": "/members/?store=s1&bought_from=2024-05-01",
    "member": "/members/{member}/",
    "tags": "/tags/",
    "tag": "/tags/recency_band/",
    "new-tag": "/tags/new/",
    "tag-import": "/tags/import/",
    "data": "/data/",
    "quarantine": "/data/quarantine/",
    "refresh": "/data/refresh/",
    "tables": "/data/tables/",
    "table": "/data/tables/order_lines/",
    "reviews": "/merge-reviews/",
    "staff": "/staff/",
    "audit": "/audit/",
    "profile": "/profile/",
}


def test_charts_draw_on_a_page_that_a_link_led_to(window: Visitor, chain: Chain) -> None:
    window.go("/members/")
    window.page.click(f"a[href='/members/{chain.member_of['c1']}/'] >> nth=0")
    expect(window.page.locator("[data-chart=chart-member-hours] canvas")).to_be_visible()
    window.page.click("nav a[href='/'] >> nth=0")
    expect(window.page.locator("[data-chart=chart-weeks] canvas")).to_be_visible()


def test_charts_draw_lead_and_save(window: Visitor, chain: Chain) -> None:
    charts = ("weeks", "groups", "hours", "departments", "stores", "stages", "channels")
    for kind in ("csv", "png"):
        window.go("/")  # Chromium gives one page no more than ten downloads at a time
        expect(window.page.locator("[data-chart=chart-weeks] canvas")).to_be_visible()
        for chart in charts:
            with window.page.expect_download() as waiting:
                window.page.click(f"[data-export={kind}][data-of=chart-{chart}]")
            assert waiting.value.suggested_filename.endswith(f"2024-06-15.{kind}")
    box = window.page.locator("[data-chart=chart-groups]").bounding_box()
    assert box is not None
    window.page.mouse.click(box["x"] + 20, box["y"] + 20)
    window.page.wait_for_url("**/members/?group=*")
    assert window.page.locator("#member-list tbody tr").count() > 0
    window.page.go_back()
    expect(window.page.locator("[data-chart=chart-weeks] canvas")).to_be_visible()


def test_filters_change_the_list_and_the_address(window: Visitor, chain: Chain) -> None:
    window.go("/members/")
    window.page.select_option("select[name=store]", "s2")
    window.page.wait_for_url("**/members/?*store=s2*")
    expect(window.page.locator("#member-list tbody tr")).to_have_count(4)
    assert "stage=" not in window.page.url
    window.page.locator(".tag-x").first.click()
    expect(window.page.locator("#member-list tbody tr")).to_have_count(10)
    window.page.locator("#member-list tbody tr td").nth(1).click()
    window.page.wait_for_url("**/members/m*/")


def test_slash_finds_a_member_by_phone(window: Visitor, chain: Chain) -> None:
    window.go("/")
    window.page.keyboard.press("/")
    window.page.keyboard.type("138 0013 8002")
    window.page.keyboard.press("Enter")
    window.page.wait_for_url(f"**/members/{chain.member_of['c3']}/")
    row = Identifier.objects.get(member=chain.member_of["c3"], kind="phone")
    shown = window.page.locator(f"#identifier-{row.pk}")
    expect(shown).to_contain_text("138****8002")
    window.page.locator("form", has=window.page.locator("[hx-post], button")).filter(
        has=window.page.locator(f"[hx-target='#identifier-{row.pk}']")
    )
    window.page.locator(f"form[hx-target='#identifier-{row.pk}'] button").click()
    expect(shown).to_contain_text("8002")
    expect(shown).not_to_contain_text("*")


def test_an_order_opens_and_the_timeline_filters(window: Visitor, chain: Chain) -> None:
    window.go(f"/members/{chain.member_of['c1']}/")
    window.page.locator("details.order summary").first.click()
    expect(window.page.locator(".order-lines table").first).to_be_visible()
    window.page.locator(".timeline-more a").click()
    expect(window.page.locator("#timeline .kind-order")).to_have_count(30)
    window.page.locator("#timeline .tabs a").nth(3).click()
    window.page.wait_for_url("**?kind=send")
    expect(window.page.locator("#timeline .kind-order")).to_have_count(0)


def test_language_theme_and_date_change_without_losing_the_page(
    window: Visitor, chain: Chain
) -> None:
    window.go("/members/?stage=dormant")
    window.page.click("button[name=language][value=en]")
    window.settle()
    expect(window.page.locator("html")).to_have_attribute("lang", "en")
    expect(window.page.locator("h1")).to_have_text("Members")
    assert window.page.url.endswith("/members/?stage=dormant")
    window.page.click("button[name=language][value=zh-hans]")
    window.settle()
    expect(window.page.locator("h1")).to_have_text("会员")
    dark = window.page.locator("html").get_attribute("data-bs-theme") == "dark"
    window.page.click("button[name=theme]:visible")
    window.settle()
    expect(window.page.locator("html")).to_have_attribute(
        "data-bs-theme", "light" if dark else "dark"
    )
    window.page.click(".chip-button")
    window.page.click("button[name=as_of][value='2024-05-01']")
    expect(window.page.locator(".page-note")).to_contain_text("2024-05-01")
    assert window.page.url.endswith("/members/?stage=dormant")


def test_a_refused_row_is_fixed_by_hand(window: Visitor, chain: Chain) -> None:
    window.go("/data/quarantine/")
    window.page.locator("tbody form button").click()
    window.page.fill("input[name='column:paid']", "12.00")
    window.page.locator("form[action$='/replay/'] button").click()
    window.page.wait_for_url("**/data/quarantine/")
    expect(window.page.locator(".notice")).to_be_visible()
    expect(window.page.locator("tbody tr")).to_have_count(0)


def test_on_a_phone_the_rail_is_a_drawer(window: Visitor, chain: Chain) -> None:
    window.page.set_viewport_size({"width": 390, "height": 800})
    window.go("/")
    rail = window.page.locator("#rail")
    expect(rail).to_be_hidden()
    window.page.click(".bar-menu")
    expect(rail).to_be_visible()
    window.page.keyboard.press("Escape")
    expect(rail).to_be_hidden()
    window.page.click(".bar-menu")
    window.page.locator("#rail a[href='/members/']").click()
    window.page.wait_for_url("**/members/")
    expect(window.page.locator("#rail")).to_be_hidden()


def test_jobs_are_started_and_followed(window: Visitor, chain: Chain) -> None:
    window.go("/data/refresh/")
    window.page.locator("button[name=full][value='0']").click()
    expect(window.page.locator("progress")).to_be_visible()
    window.go("/data/")
    window.page.locator("button[name=source][value=till]").click()
    expect(window.page.locator("button[name=source][value=till]")).to_be_disabled()
