"""The overview: its numbers, and the members behind each of them."""

from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from regulars.apps.accounts.models import Tick
from regulars.apps.accounts.services.ticks import claim_tick, tick_failed
from regulars.apps.accounts.types import Role
from regulars.apps.ingest.models import PostedOrder
from regulars.apps.ingest.services.inbox import post_orders
from regulars.apps.ingest.types import OrderLinePost, OrderPost
from regulars.console.tests.chain import Chain
from regulars.console.tests.conftest import SignIn
from regulars.console.tests.pages.test_members_page import shown


@pytest.fixture
def admin(sign_in: SignIn) -> Client:
    return sign_in(Role.ADMIN)


def charts(page: str) -> dict[str, dict[str, Any]]:
    """Return the data of every chart on the page."""
    found = re.findall(r'<script id="([\w-]+)" type="application/json">(.*?)</script>', page)
    return {name: json.loads(text) for name, text in found}


def test_the_sales_tile_is_the_last_full_month(chain: Chain, admin: Client) -> None:
    sales = chain.sales(first=date(2024, 5, 1), end=date(2024, 6, 1))
    before = chain.sales(first=date(2024, 4, 1), end=date(2024, 5, 1))
    page = admin.get("/").content.decode()
    assert f">¥{sales:,.2f}</a>" in page
    assert f"{abs(float(sales) / float(before) - 1) * 100:.1f}%" in page


def test_every_chart_row_leads_to_its_members(chain: Chain, admin: Client) -> None:
    page = admin.get("/").content.decode()
    specs = charts(page)
    assert {name for name in specs if name.startswith("chart-")} == {
        "chart-weeks",
        "chart-groups",
        "chart-hours",
        "chart-departments",
        "chart-stores",
        "chart-stages",
        "chart-channels",
    }
    for name in ("chart-groups", "chart-stages", "chart-stores", "chart-channels"):
        spec = specs[name]
        people = 1 if name in {"chart-groups", "chart-stages"} else 2
        for row, link in zip(spec["rows"], spec["links"], strict=True):
            assert len(shown(admin, link.partition("?")[2])) == row[people], (name, row)


def test_hours_and_weeks_lead_to_their_buyers(chain: Chain, admin: Client) -> None:
    specs = charts(admin.get("/").content.decode())
    hours = specs["chart-hours"]
    busy = [(row, link) for row, link in zip(hours["rows"], hours["links"], strict=True) if row[3]]
    assert {row[2] for row, _ in busy} == set(range(9, 19))
    row, link = busy[0]
    assert len(shown(admin, link.partition("?")[2])) == row[4]
    weeks = specs["chart-weeks"]
    row, link = weeks["rows"][-1], weeks["links"][-1]
    assert len(shown(admin, link.partition("?")[2])) == row[2]


def test_attention_names_what_waits(chain: Chain, admin: Client) -> None:
    page = unescape(admin.get("/").content.decode())
    assert "1 row waits in quarantine" in page


def test_attention_says_when_the_worker_fails_or_is_not_there(chain: Chain, admin: Client) -> None:
    for _ in range(3):
        claim_tick("land posted orders", holder="w")
        tick_failed("land posted orders", "the disk is full", holder="w")
        Tick.objects.update(next_at=timezone.now())
    line = OrderLinePost("1", "p1", Decimal(1), Decimal(2))
    order = OrderPost("posted-1", "s1", datetime(2024, 6, 1, tzinfo=UTC), "pos", (line,))
    post_orders([order], source="till")
    page = unescape(admin.get("/").content.decode())
    assert "The worker has failed 3 times in a row" in page
    assert "land posted orders: the disk is full" in page
    assert "posted order waits" not in page
    PostedOrder.objects.update(received_at=timezone.now() - timedelta(minutes=2))
    assert "1 posted order waits" in unescape(admin.get("/").content.decode())
