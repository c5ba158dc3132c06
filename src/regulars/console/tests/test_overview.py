"""The overview: its numbers, and the members behind each of them."""

from __future__ import annotations

import json
import re
from datetime import date
from html import unescape
from typing import Any

import pytest
from django.test import Client

from regulars.apps.accounts.types import Role
from regulars.console.tests.chain import Chain
from regulars.console.tests.conftest import SignIn
from regulars.console.tests.test_members_page import shown


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
