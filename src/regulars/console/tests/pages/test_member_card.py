"""The profile card on Member 360: the seed person, the sign, and what needs consent."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from html import unescape
from typing import Any

import pyarrow as pa
import pytest
from django.conf import settings
from django.test import Client
from pytest_django import Settings

from regulars.apps.accounts.types import DataScope, Role
from regulars.console.tests.chain import AS_OF, Chain
from regulars.console.tests.conftest import SignIn
from regulars.lake import Lake
from regulars.lake.contracts import contract
from regulars.science.producers import profile_producers, refresh

_LINE = re.compile(r"<dt>(.*?)</dt>\s*<dd[^>]*>(.*?)</dd>", re.DOTALL)
_RANGE = re.compile(r'rank-name">([^<]+)<.*?rank-value">([^<]+)<')
PREFERENCES = [one for one in profile_producers() if one.name == "preferences"]
SAID = {"zodiac": "摩羯座", "blood_type": "AB", "qq_groups": "摄影", "phone_type": "Mate 60"}


@pytest.fixture
def seed(chain: Chain) -> str:
    """Member c10 with three orders of 725.0 in all, born on 1987-02-16."""
    lake, member = Lake(settings.REGULARS_LAKE), chain.member_of["c10"]
    with lake.snapshot() as snapshot:
        orders = rows(snapshot, "orders", member)
        (mine,) = rows(snapshot, "members", member)
    kept = [
        order | {"business_date": AS_OF.replace(day=day), "net_amount": Decimal(amount)}
        for order, day, amount in zip(orders, (1, 5, 9), ("55.5", "99.5", "570"), strict=False)
    ]
    gone = [order["order_id"] for order in orders[3:]]
    with lake.transaction(note="seed") as transaction:
        transaction.remove("orders", pa.table({"order_id": gone}))
        transaction.upsert("orders", table("orders", [month(order) for order in kept]))
        transaction.upsert("members", table("members", [mine | {"birth_date": date(1987, 2, 16)}]))
        transaction.upsert("member_attributes", declared(member, **SAID))
    refresh(lake, AS_OF)
    return member


def rows(snapshot: Any, name: str, member: str) -> list[dict[str, Any]]:
    found = snapshot.table(name)
    listed = found.filter(found["member_id"] == member).to_pyarrow().to_pylist()
    return [row for row in listed if row["member_id"]]


def month(order: dict[str, Any]) -> dict[str, Any]:
    return order | {"business_month": f"{order['business_date']:%Y-%m}"}


def table(name: str, listed: list[dict[str, Any]]) -> pa.Table:
    return pa.Table.from_pylist(listed, schema=contract(name).arrow_schema)


def declared(member: str, **said: str) -> pa.Table:
    at = datetime(2024, 5, 1, tzinfo=UTC)
    listed = [
        {"member_id": member, "name": name, "value": value, "source": "survey", "updated_at": at}
        for name, value in said.items()
    ]
    return table("member_attributes", listed)


def shown(client: Client, member: str) -> tuple[str, dict[str, str]]:
    """Return the card's HTML, and its fields as text without marks."""
    page = client.get(f"/members/{member}/card/").content.decode()
    return page, {
        label: " ".join(unescape(re.sub("<[^>]+>", " ", text)).split())
        for label, text in _LINE.findall(page)
    }


def test_the_seed_person_is_shown_exactly(seed: str, sign_in: SignIn) -> None:
    page, said = shown(sign_in(Role.ADMIN), seed)
    assert _RANGE.findall(page) == [("0–100", "2"), ("500+", "1")]
    assert said["Recent orders"] == "3 in the RFM window"
    assert said["Recent spend"] == "¥725.00 in the RFM window"
    assert said["Kind of phone"] == "Mate 60 survey"
    assert said["Credit grade"] == "no source"
    assert said["Birthday"] == "1987-02-16 till"
    assert said["Age"] == "37 by the birthday"


def test_a_sign_that_contradicts_the_birthday_is_flagged(seed: str, sign_in: SignIn) -> None:
    _page, said = shown(sign_in(Role.ADMIN), seed)
    assert said["Zodiac sign"] == "Aquarius conflict by the birthday · survey says 摩羯座"


def test_what_needs_consent_is_not_on_the_page(
    seed: str, sign_in: SignIn, settings: Settings
) -> None:
    admin = sign_in(Role.ADMIN)
    for switched_on in ([], ["social", "sensitive"]):
        settings.REGULARS_TOLD_GROUPS = switched_on
        page, said = shown(admin, seed)
        assert said["Blood type"] == "only with the member's consent"
        assert "Social circle" not in page
        whole = page + admin.get(f"/members/{seed}/").content.decode()
        assert "摩羯座" in whole
        assert "摄影" not in whole
        assert ">AB" not in whole


def test_who_agreed_is_shown(seed: str, sign_in: SignIn, settings: Settings) -> None:
    settings.REGULARS_TOLD_GROUPS = ["social", "sensitive"]
    lake = Lake(settings.REGULARS_LAKE)
    with lake.transaction(note="consent") as transaction:
        agreed = declared(seed, consent_social="yes", consent_sensitive="yes")
        transaction.upsert("member_attributes", agreed)
    page, said = shown(sign_in(Role.ADMIN), seed)
    assert said["Blood type"] == "AB survey"
    assert said["QQ groups"] == "摄影 survey"
    assert said["Weibo followers"] == "no source"
    assert page.index("What they buy") < page.index("Social circle") < page.index("Basics")


def test_preferences_are_shown_with_their_index(chain: Chain, sign_in: SignIn) -> None:
    """Member c2 comes at ten o'clock to shop s1, others at other hours, half of them to s2."""
    refresh(Lake(settings.REGULARS_LAKE), AS_OF, producers=PREFERENCES)
    _page, said = shown(sign_in(Role.ADMIN), chain.member_of["c2"])
    assert re.fullmatch(r"10h 100% of theirs, index \d{3,4}", said["Preferred hour"])
    assert re.fullmatch(r"Shop s1 100% of theirs, index 1\d\d", said["Preferred store"])
    # Everybody buys at the till only.
    assert said["Preferred channel"] == "nothing to tell yet"


def test_another_shops_member_has_no_card(seed: str, sign_in: SignIn) -> None:
    manager = sign_in(Role.SHOP_MANAGER, DataScope("store", ("s1",)))
    assert manager.get(f"/members/{seed}/card/").status_code == 404
