"""The risk page: counts of planted probabilities, the members behind each, the scope."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from html import unescape

import pyarrow as pa
import pytest
from django.conf import settings
from django.test import Client

from regulars.apps.accounts.types import DataScope, Role
from regulars.console.desk import forget
from regulars.console.tests.chain import AS_OF, Chain
from regulars.console.tests.conftest import SignIn
from regulars.console.tests.insights.reading import charts, members_behind, moves
from regulars.lake import Lake
from regulars.lake.contracts import contract

# By member number; c10 has not bought for long, so no model was asked of them.
CHANCES = (0.05, 0.1, 0.19, 0.5, 0.55, 0.799, 0.8, 0.95, 1.0)
BANDS = ("low", "low", "low", "medium", "medium", "medium", "high", "high", "high")
WORTH = ("high", "low", "low", "high", "low", None, "high", "low", "low")
REASONS = {7: "+recency_days,-age_days", 8: "+recency_days,+overdue", 9: "", 4: "+trend"}


@pytest.fixture
def told(chain: Chain) -> Chain:
    """Members c1 to c9 have a probability; member number n has a lifetime value of n times 10."""
    churn, value = [], []
    first, last = date(2024, 1, 5), date(2024, 6, 1)
    for number, (chance, band, worth) in enumerate(zip(CHANCES, BANDS, WORTH, strict=True), 1):
        key = {"member_id": chain.member_of[f"c{number}"], "as_of": AS_OF}
        dates = {"first_order_date": first, "last_order_date": last}
        sums = dict.fromkeys(
            ("sales", "listed", "discounts", "last_amount", "refunded"), Decimal(0)
        )
        counts = dict.fromkeys(
            ("orders", "coupon_orders", "channels", "online_orders", "order_days", "visit_days",
             "carts", "sends", "redemptions", "recency_days", "age_days"), 1)  # fmt: skip
        churn.append(key | dates | sums | counts | {
            "p_churn": chance, "churn_band": band, "churn_reasons": REASONS.get(number, ""),
            "model_version": "20240601-abcd",
        })  # fmt: skip
        value.append(key | dates | {
            "frequency": 3, "repeat_amount": Decimal(90), "recency_weeks": 21.1, "age_weeks": 23.0,
            "clv": Decimal(10 * number), "value_band": worth,
        })  # fmt: skip
    with Lake(settings.REGULARS_LAKE).transaction(note="risk") as transaction:
        for name, rows in (("churn", churn), ("value", value)):
            declared = contract(f"features/{name}")
            schema = pa.schema([declared.arrow_schema.field(one) for one in declared.shown_names])
            table = pa.Table.from_pylist(rows, schema)
            transaction.replace_partition(f"features/{name}", table, partition={"as_of": AS_OF})
    forget()
    return chain


@pytest.fixture
def admin(sign_in: SignIn) -> Client:
    return sign_in(Role.ADMIN)


def test_every_bar_leads_to_its_members(told: Chain, admin: Client) -> None:
    spec = charts(admin.get("/insights/risk/").content.decode())["chart-risk"]
    assert [row[1] for row in spec["rows"]] == [1, 2, 0, 0, 0, 2, 0, 1, 1, 2]
    for row, link in zip(spec["rows"], spec["links"], strict=True):
        assert len(members_behind(admin, link) if link else []) == row[1]


def test_the_matrix_crosses_value_and_risk(told: Chain, admin: Client) -> None:
    page = admin.get("/insights/risk/").content.decode()
    # Rows: high (1 of each risk), low, and c6 whose value was not computed.
    found = moves(page)
    assert [number for _address, number in found] == [1, 1, 1, 2, 1, 2, 1]
    for address, number in found:
        assert len(members_behind(admin, address)) == number
    assert members_behind(admin, found[-1][0]) == [told.member_of["c6"]]
    assert "not computed" in page


def test_facts_are_sums_of_probabilities(told: Chain, admin: Client) -> None:
    page = admin.get("/insights/risk/").content.decode()
    # 4.938 of 9 are expected to leave; those at high risk are worth 70 + 80 + 90.
    assert "<dd>5<small>54.9% will not order" in page
    assert "<dd>3<small>told 80%" in page
    assert "¥240" in page
    assert "20240601-abcd" in page


def test_reasons_are_those_that_raise_the_risk_in_the_band(told: Chain, admin: Client) -> None:
    spec = charts(admin.get("/insights/risk/").content.decode())["chart-reasons"]
    names = [(row[0], row[1]) for row in spec["rows"]]
    assert names == [
        ("days since the last order", 2),
        ("time since the last order ÷ usual interval", 1),
    ]
    behind = [members_behind(admin, link) for link in spec["links"]]
    assert behind[1] == [told.member_of["c8"]]
    assert sorted(behind[0]) == sorted(told.member_of[name] for name in ("c7", "c8"))
    other = charts(admin.get("/insights/risk/?risk=medium").content.decode())["chart-reasons"]
    assert [row[1] for row in other["rows"]] == [1]
    assert members_behind(admin, other["links"][0]) == [told.member_of["c4"]]


def test_each_group_at_risk_has_its_plays_and_members(told: Chain, admin: Client) -> None:
    page = unescape(admin.get("/insights/risk/?risk=high").content.decode())
    part = page[page.index("risk-plays-title") :]
    links = [one.split('"')[0] for one in part.split('href="')[1:] if "group=" in one.split('"')[0]]
    assert links
    assert sum(len(members_behind(admin, link)) for link in links) == 3
    assert "badge-accent" in part


def test_a_shop_sees_its_own_members_only(told: Chain, sign_in: SignIn) -> None:
    shop = sign_in(Role.SHOP_MANAGER, DataScope("store", ("s1",)))
    page = shop.get("/insights/risk/").content.decode()
    found = charts(page)
    assert sum(row[1] for row in found["chart-risk"]["rows"]) == 6
    # Nobody of the shop is at high risk: the reasons are of the three at medium risk.
    assert [row[1:] for row in found["chart-reasons"]["rows"]] == [[1, 1 / 3]]
    assert "/insights/models/" not in page
    for link in found["chart-risk"]["links"]:
        if link:
            assert told.member_of["c8"] not in members_behind(shop, link)


def test_conditions_stand_as_chips(told: Chain, admin: Client) -> None:
    address = "/members/?risk=high&risk_min=0.8&risk_max=0.96&risk_reason=overdue"
    page = admin.get(address).content.decode()
    for chip in ("risk of leaving: High", "at least 80%", "below 96%", "at risk by: time since"):
        assert chip in page, chip
    assert members_behind(admin, address) == [told.member_of["c8"]]
    assert "risk_reason" in admin.get("/members/?risk_reason=shoe_size").content.decode()


def test_without_a_model_the_page_says_why(chain: Chain, admin: Client, sign_in: SignIn) -> None:
    row = {
        "model": "churn", "as_of": AS_OF, "fitted_at": datetime(2024, 6, 15, tzinfo=UTC),
        "options": "x", "members": 0, "seconds": 0.1, "error": "orders: five months are too few",
    }  # fmt: skip
    with Lake(settings.REGULARS_LAKE).transaction(note="no fit") as transaction:
        schema = contract("model_versions").arrow_schema
        transaction.append("model_versions", pa.Table.from_pylist([row], schema))
    page = admin.get("/insights/risk/").content.decode()
    assert "No churn model yet" in page
    assert "five months are too few" in page
    assert "chart-risk" not in page
    # The reason may count members of the whole brand.
    shop = sign_in(Role.SHOP_MANAGER, DataScope("store", ("s1",)))
    assert "five months are too few" not in shop.get("/insights/risk/").content.decode()
