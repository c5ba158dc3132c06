"""A value longer than the ledger keeps sets one row aside, never the load: on either database."""

from __future__ import annotations

from typing import Any

import pytest
from pytest_django import Settings

from regulars.apps.ingest.models import QuarantinedRow
from regulars.apps.ingest.tests.shop import GOOD, LINES, Shop
from regulars.apps.members.models import Member
from regulars.apps.members.services.registering import create_member, update_member
from regulars.apps.members.types import IdentifierClaim, MemberChange, NewMember
from regulars.base.brand import Brand
from regulars.base.errors import MappingError, RuleError

pytestmark = pytest.mark.django_db

CARDS = """
source: cards
title: {en: Cards}
contract: members
file: {format: csv, path: ../files/cards.csv}
member:
  identifiers:
    - {kind: card_no, column: card, verified: true}
  channel: channel
columns:
  home_store_id: shop
  guide_id: guide
  joined_channel: channel
"""
COLUMNS = ("card", "shop", "guide", "channel")
FITTING = {"card": "c0", "shop": "s" * 64, "guide": "g" * 64, "channel": "c" * 20}


@pytest.fixture
def shop(settings: Settings) -> Shop:
    settings.REGULARS_BRAND = Brand(name="Test", zone="Asia/Shanghai", currency="CNY", region="CN")
    return Shop()


def refused() -> list[tuple[int, str, str]]:
    rows = QuarantinedRow.objects.order_by("row_number")
    return list(rows.values_list("row_number", "reason", "column"))


def test_of_a_member_list_only_the_rows_with_long_values_are_set_aside(shop: Shop) -> None:
    long = [{**FITTING, "card": f"c{n}", name: FITTING[name] + "x"} for n, name in NAMED]
    shop.csv([FITTING, *long], name="cards.csv", columns=COLUMNS)
    report = shop.load(shop.mapping(CARDS))
    assert (report.counts.read, report.counts.quarantined) == (4, 3)
    assert Member.objects.get().joined_channel == FITTING["channel"]
    assert [row[1:] for row in refused()] == [
        ("too_long", "home_store_id"), ("too_long", "guide_id"), ("too_long", "joined_channel"),
    ]  # fmt: skip


NAMED = ((1, "shop"), (2, "guide"), (3, "channel"))


def test_of_a_file_of_orders_only_the_rows_with_long_values_are_set_aside(shop: Shop) -> None:
    rows = [
        GOOD,
        {**GOOD, "order": "o2", "shop": "店" * 65},
        {**GOOD, "order": "o" * 129},
        {**GOOD, "order": "o4", "card": "c1" * 150},
    ]
    shop.csv(rows)
    report = shop.load(shop.mapping(LINES))
    assert (report.counts.read, report.counts.quarantined) == (4, 3)
    assert Member.objects.get().home_store_id == "s1"
    assert [row[1:] for row in refused()] == [
        ("too_long", "store_id"), ("too_long", "order_id"), ("too_long", "card_no"),
    ]  # fmt: skip


def test_a_channel_that_does_not_fit_is_refused(shop: Shop) -> None:
    shop.csv([GOOD])
    report = shop.load(shop.mapping(LINES.replace("constant: pos", f"constant: {'p' * 21}")))
    assert report.counts.quarantined == 1
    assert [row[1:] for row in refused()] == [("too_long", "channel")]
    assert not Member.objects.exists()


def test_the_name_of_a_source_is_checked_with_its_mapping(shop: Shop) -> None:
    shop.csv([GOOD])
    with pytest.raises(MappingError, match="up to 64 letters"):
        shop.load(shop.mapping(LINES.replace("source: till", f"source: {'t' * 65}")))


@pytest.mark.parametrize("field", ["home_store_id", "guide_id", "joined_channel"])
def test_who_registers_somebody_is_told_what_is_too_long(field: str) -> None:
    card = IdentifierClaim("card_no", "a001", verified=True)
    long: dict[str, Any] = {field: "x" * 65}
    with pytest.raises(RuleError, match=f"{field} has up to"):
        create_member(NewMember(identifiers=(card,), **long), source="app")
    assert not Member.objects.exists()
    if field == "joined_channel":
        return
    member_id = create_member(NewMember(identifiers=(card,)), source="app").member_id
    with pytest.raises(RuleError, match=f"{field} has up to"):
        update_member(member_id, MemberChange(**long), source="app")
