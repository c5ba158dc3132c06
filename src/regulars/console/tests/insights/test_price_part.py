"""Price sensitivity on the models page and on the member's page: figures, members, reasons."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from html import unescape
from typing import Any

import pyarrow as pa
import pytest
from django.conf import settings
from django.test import Client

from regulars.apps.accounts.types import DataScope, Role
from regulars.console.desk import forget
from regulars.console.tests.chain import AS_OF, Chain
from regulars.console.tests.conftest import SignIn
from regulars.console.tests.insights.reading import members_behind
from regulars.lake import Lake
from regulars.lake.contracts import contract

BANDS = {"c1": "high", "c2": "high", "c3": "low", "c8": "high"}
REPORT = {
    "held_from": "2024-03-17", "members": 80, "choices": 1234, "choice_auc": 0.61,
    "choice_auc_baseline": 0.55, "coupon_auc": 0.52, "coupon_auc_baseline": 0.58,
}  # fmt: skip


def keep(quality: dict[str, Any] | None) -> None:
    fit = {
        "model": "price_sensitivity", "as_of": date(2024, 6, 1), "version": "20240601-fedc",
        "fitted_at": datetime(2024, 6, 1, tzinfo=UTC), "options": "o", "members": 321,
        "parameters": json.dumps({"overall": 2.44, "spread": 1.26, "lines": 98765}),
        "quality": quality and json.dumps(quality), "seconds": 1.0,
    }  # fmt: skip
    with Lake(settings.REGULARS_LAKE).transaction(note="fit") as transaction:
        schema = contract("model_versions").arrow_schema
        transaction.append("model_versions", pa.Table.from_pylist([fit], schema))


@pytest.fixture
def fitted(chain: Chain) -> Chain:
    rows = [
        {
            "member_id": chain.member_of[name], "as_of": AS_OF, "price_slope": 3.1,
            "price_slope_se": 0.4, "price_choices": 12, "discount_taken": 0.314,
            "discount_expected": 0.205, "price_band": band,
            "price_reason": "takes_more" if band == "high" else "takes_less",
            "model_version": "20240601-fedc",
        }
        for name, band in BANDS.items()
    ]  # fmt: skip
    declared = contract("features/price_sensitivity")
    schema = pa.schema([declared.arrow_schema.field(one) for one in declared.shown_names])
    with Lake(settings.REGULARS_LAKE).transaction(note="price") as transaction:
        transaction.replace_partition(
            declared.name, pa.Table.from_pylist(rows, schema), partition={"as_of": AS_OF}
        )
    keep(REPORT)
    forget()
    return chain


def seen(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return unescape(answer.content.decode())


def test_the_model_stands_beside_the_average_discount_share(fitted: Chain, sign_in: SignIn) -> None:
    page = seen(sign_in(Role.ADMIN), "/insights/models/")
    for shown in ("20240601-fedc", "98,765", "+2.4%", "± 1.3", "1,234", "<b>0.610</b>", ">0.550<"):
        assert shown in page, shown
    assert "<b>0.520</b>" not in page, "what loses is not set in bold"
    assert ">0.580<" in page
    assert "never a list price" in page


def test_each_band_leads_to_its_members(fitted: Chain, sign_in: SignIn) -> None:
    admin = sign_in(Role.ADMIN)
    page = seen(admin, "/insights/models/")
    assert '<a href="/members/?price=high">3</a>' in page
    assert len(members_behind(admin, "/members/?price=high")) == 3
    assert members_behind(admin, "/members/?price=low") == [fitted.member_of["c3"]]
    assert "price sensitivity: answers discounts" in seen(admin, "/members/?price=high")
    shop = sign_in(Role.SHOP_MANAGER, DataScope("store", ("s1",)))
    assert fitted.member_of["c8"] not in members_behind(shop, "/members/?price=high")


def test_a_member_is_told_with_the_reason(fitted: Chain, sign_in: SignIn) -> None:
    admin = sign_in(Role.ADMIN)
    panel = seen(admin, f"/members/{fitted.member_of['c1']}/value/")
    assert "answers discounts" in panel
    assert "Took 31% off in 12 choices with an offer, where most take 20%." in panel
    assert "Price sensitivity" not in seen(admin, f"/members/{fitted.member_of['c5']}/value/")


def test_without_a_report_or_a_fit_nothing_is_claimed(chain: Chain, sign_in: SignIn) -> None:
    admin = sign_in(Role.ADMIN)
    assert "price-title" not in seen(admin, "/insights/models/")
    keep(None)
    forget()
    page = seen(admin, "/insights/models/")
    assert "+2.4%" in page
    assert "Average discount share" not in page
