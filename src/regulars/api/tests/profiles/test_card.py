"""The profile card over the API: the seed person, the sign by the birthday, and consent."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest
from django.conf import settings
from pytest_django import Settings

from regulars.api.tests.chain import ShopChain, caller_with, post_of
from regulars.apps.ingest.services.inbox import land_posted, post_orders
from regulars.apps.ingest.types import OrderLinePost
from regulars.apps.members.services.serving import serve_profiles
from regulars.apps.tags.queries import vocabulary
from regulars.lake import Lake
from regulars.lake.contracts import contract
from regulars.science.producers import profile_producers, refresh, standard_producers

pytestmark = pytest.mark.django_db
HABITS = [one for one in profile_producers() if one.name in {"cycle", "preferences"}]
SEED = {"blood_type": "AB", "zodiac": "摩羯座", "qq_groups": "摄影", "school": "复旦大学"}


@pytest.fixture
def seed(chain: ShopChain) -> str:
    """The first year of member f is over; in the second they place three orders of 725.00."""
    lake = Lake(settings.REGULARS_LAKE)
    orders = [
        post_of("f", month, order_id=f"seed-{month}", lines=(_line(amount),))
        for month, amount in ((3, "55.50"), (4, "99.50"), (5, "570.00"))
    ]
    member = chain.member_of["f"]
    with lake.transaction(note="seed") as transaction:
        transaction.remove("orders", pa.table({"order_id": chain.orders_of("f")}))
        transaction.remove("order_lines", _keys(lake, chain.orders_of("f")))
        rows = lake.snapshot().table("members").to_pyarrow().to_pylist()
        mine = next(row for row in rows if row["member_id"] == member)
        born = mine | {"birth_date": date(1987, 2, 16)}
        transaction.upsert("members", _rows("members", [born]))
        transaction.upsert("member_attributes", _said(member, **SEED))
    post_orders(orders, source="pos")
    land_posted()
    refresh(lake, date(2024, 6, 1), producers=(*standard_producers(), *HABITS))
    serve_profiles(lake)
    return member


def _line(amount: str) -> OrderLinePost:
    return OrderLinePost("1", "p1", Decimal(1), Decimal(amount))


def _keys(lake: Lake, orders: list[str]) -> pa.Table:
    lines = lake.snapshot().table("order_lines")
    held = lines.filter(lines["order_id"].isin(orders)).select("order_id", "line_no")
    return held.to_pyarrow()


def _said(member: str, **said: str) -> pa.Table:
    at = datetime(2024, 5, 1, tzinfo=UTC)
    rows = [
        {"member_id": member, "name": name, "value": value, "source": "survey", "updated_at": at}
        for name, value in said.items()
    ]
    return _rows("member_attributes", rows)


def _rows(name: str, rows: list[dict[str, Any]]) -> pa.Table:
    return pa.Table.from_pylist(rows, schema=contract(name).arrow_schema)


def profile(member: str) -> Any:
    return caller_with().get(f"/members/{member}/profile").json()


def part(said: Any, name: str) -> dict[str, Any]:
    return {one["name"]: one for one in said["card"][name]}


def test_the_seed_person_is_told_exactly(seed: str) -> None:
    bought = part(profile(seed), "consumption")
    assert bought["price_ranges"]["value"] == {"0-100": 2, "500+": 1}
    assert (bought["recent_orders"]["value"], bought["recent_amount"]["value"]) == (3, "725.00")
    # The tenth of March, of April and of May: 61 days between two of three days.
    assert bought["days_between_orders"]["value"] == 30.5
    assert bought["recent_orders"]["source"] == "features/rfm"
    assert bought["recent_orders"]["as_of"] == "2024-06-01"
    assert {bought[name]["state"] for name in ("phone_type", "credit_grade")} == {"no_source"}
    assert bought["preferred_category"]["state"] in {"known", "none"}


def test_the_sign_is_derived_and_the_contradiction_flagged(seed: str) -> None:
    sign = part(profile(seed), "basics")["zodiac"]
    assert (sign["value"], sign["state"], sign["said"]) == ("aquarius", "conflict", "摩羯座")
    assert sign["source"] == "survey"


def test_who_did_not_agree_is_not_told_of(seed: str, settings: Settings) -> None:
    for switched_on in ([], ["social", "sensitive"]):
        settings.REGULARS_TOLD_GROUPS = switched_on
        answer = caller_with().get(f"/members/{seed}/profile")
        said = answer.json()
        assert said["card"]["social"] is None
        assert part(said, "basics")["blood_type"]["state"] == "withheld"
        assert {one["name"] for one in said["attributes"]} >= {"school", "zodiac"}
        text = answer.content.decode() + caller_with().get(f"/members/{seed}").content.decode()
        assert "复旦大学" in text
        assert "摄影" not in text
        assert '"AB"' not in text


def test_who_agreed_is_told_of(seed: str, settings: Settings) -> None:
    settings.REGULARS_TOLD_GROUPS = ["social"]
    lake = Lake(settings.REGULARS_LAKE)
    with lake.transaction(note="consent") as transaction:
        transaction.upsert("member_attributes", _said(seed, consent_social="yes"))
    said = profile(seed)
    assert {one["name"]: one["value"] for one in said["card"]["social"]}["qq_groups"] == "摄影"
    assert part(said, "basics")["blood_type"]["state"] == "withheld"
    assert {"qq_groups", "consent_social"} <= {one["name"] for one in said["attributes"]}


def test_rules_do_not_know_what_is_guarded(seed: str) -> None:
    names = set(vocabulary(Lake(settings.REGULARS_LAKE).snapshot()).fields)
    assert "attribute.school" in names
    assert not names & {"attribute.blood_type", "attribute.qq_groups"}
