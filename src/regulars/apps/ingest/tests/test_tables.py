"""What a load makes of columns: rules and flags, stores and products, lookups, attributes, gaps."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from regulars.apps.ingest.tests.shop import GOOD, LINES, Shop, StandIn
from regulars.apps.ingest.types import RowCounts

PRODUCTS = """
source: list
contract: products
file: {format: csv, path: ../files/products.csv}
columns: {product_id: sku, name: name, measured: fuel}
"""
SURVEY = """
source: survey
contract: member_attributes
file: {format: csv, path: ../files/survey.csv}
member:
  identifiers: [{kind: card_no, column: card, verified: true}]
attributes:
  size: {column: size, impute: {policy: most_frequent}}
  pet: {column: pet, words: {猫: cat, 狗: dog}, otherwise: refuse}
"""


def load_products(shop: Shop) -> None:
    shop.csv(
        [
            {"sku": "p1", "name": "Bread", "fuel": "no"},
            {"sku": "fuel", "name": "92#", "fuel": "yes"},
        ],
        "products.csv",
        ("sku", "name", "fuel"),
    )
    shop.load(shop.mapping(PRODUCTS, "products"), force=True)


def test_rules_flag_lines_and_count_their_items(shop: Shop) -> None:
    load_products(shop)
    shop.load_lines(
        {"line": "1"},
        {"line": "2", "qty": "0"},
        {"line": "3", "sku": "fuel", "qty": "42"},
        {"line": "4", "qty": "1000"},
        {"line": "5", "qty": "0.350"},
        {"line": "6", "sku": "new"},
        {"line": "7", "sku": "new", "qty": "0"},
    )
    assert [(row["item_count"], row["flags"]) for row in shop.table("order_lines")] == [
        *((2, ""), (0, "zero_quantity"), (1, "measured_quantity"), (1, "measured_quantity")),
        *((1, "measured_quantity"), (2, "unknown_product"), (0, "zero_quantity,unknown_product")),
    ]
    assert shop.column("orders", "item_count") == [7]


def test_an_unknown_product_gets_a_placeholder_until_the_list_names_it(shop: Shop) -> None:
    shop.load_lines({})
    assert [(row["product_id"], row["placeholder"]) for row in shop.table("products")] == [
        ("p1", True)
    ]
    load_products(shop)
    assert {row["product_id"]: row["name"] for row in shop.table("products")} == {
        "fuel": "92#",
        "p1": "Bread",
    }
    assert shop.column("products", "placeholder") == [False, False]
    shop.load("lines", force=True)
    assert shop.column("order_lines", "flags") == [""]


def test_a_known_store_is_left_as_it_is(shop: Shop) -> None:
    text = """
source: stores
contract: stores
file: {format: csv, path: ../files/stores.csv}
columns: {store_id: shop, name: name, zone: {constant: America/New_York}}
"""
    shop.csv([{"shop": "s1", "name": "Flagship"}], "stores.csv", ("shop", "name"))
    shop.load(shop.mapping(text, "stores"))
    shop.load_lines({"at": "2024-05-02 09:30:00"}, {"order": "o2", "shop": "s2"})
    assert shop.column("stores", "name") == ["Flagship", "Shop s2"]
    # 09:30 in Shanghai is still the day before in the store's own zone.
    assert shop.column("orders", "business_date") == [date(2024, 5, 1), date(2024, 5, 1)]
    assert shop.column("orders", "ordered_at")[0] == datetime(2024, 5, 2, 1, 30, tzinfo=UTC)


def test_lines_that_disagree_on_their_order_are_noted(shop: Shop) -> None:
    report = shop.load_lines({}, {"line": "2", "shop": "s2"})
    assert {note.rule: note.count for note in report.notes}["inconsistent_order"] == 1
    assert shop.column("orders", "store_id") == ["s1"]


def test_extreme_values_are_flagged_or_refused_as_the_mapping_says(shop: Shop) -> None:
    rules = """
  - {rule: extreme, column: net_amount, above: "1000"}
  - {rule: extreme, column: quantity, above: 500, action: refuse}
"""
    shop.csv([{**GOOD, "paid": "1000.01"}, {**GOOD, "line": "2", "qty": "501"}])
    report = shop.load(shop.mapping(LINES.replace("\n  - rule: zero_quantity", rules.rstrip())))
    assert report.counts == RowCounts(read=2, loaded=1, quarantined=1)
    assert report.reasons[0].reason == "extreme_value"
    assert shop.column("order_lines", "flags") == ["extreme_net_amount,unknown_product"]


def test_a_lookup_takes_a_value_from_another_table(shop: Shop, stand_in: StandIn) -> None:
    campaigns = """
source: campaigns
contract: campaigns
file: {format: csv, path: ../files/campaigns.csv}
columns: {campaign_id: id, name: name, kind: {constant: sms}, starts_on: start}
"""
    sends = """
source: sends
contract: sends
file: {format: csv, path: ../files/sends.csv}
member:
  identifiers: [{kind: card_no, column: card, verified: true}]
columns:
  send_id: {digest: [id, card]}
  campaign_id: id
  channel: {constant: sms}
  sent_at: {column: id, lookup: {table: campaigns, key: campaign_id, take: starts_on}}
"""
    shop.csv(
        [{"id": "k1", "name": "May", "start": "2024-05-01"}],
        "campaigns.csv",
        ("id", "name", "start"),
    )
    shop.csv(
        [{"id": "k1", "card": "c1"}, {"id": "k2", "card": "c1"}, {"id": "k1", "card": ""}],
        "sends.csv",
        ("id", "card"),
    )
    shop.load(shop.mapping(campaigns, "campaigns"))
    report = shop.load(shop.mapping(sends, "sends"))
    assert report.counts == RowCounts(read=3, loaded=1, quarantined=2)
    assert {reason.reason for reason in report.reasons} == {"unmatched_key", "missing_member"}
    (row,) = shop.table("sends")
    assert row["sent_at"] == datetime(2024, 4, 30, 16, tzinfo=UTC)
    assert row["business_date"] == date(2024, 5, 1)
    assert re.fullmatch("[0-9a-f]{32}", row["send_id"])


def survey(shop: Shop, *rows: tuple[str, str, str], **options: object) -> RowCounts:
    cells = [dict(zip(("card", "size", "pet"), row, strict=True)) for row in rows]
    shop.csv(cells, "survey.csv", ("card", "size", "pet"))
    return shop.load(shop.mapping(SURVEY, "survey"), **options).counts


def test_attributes_become_rows_and_filled_gaps_are_marked(shop: Shop) -> None:
    counts = survey(shop, ("c1", "M", "猫"), ("c2", "M", ""), ("c3", "", "狗"), ("c4", "L", "蛇"))
    assert counts == RowCounts(read=4, loaded=3, quarantined=1)
    assert [
        (row["member_id"], row["name"], row["value"], row["source"])
        for row in shop.table("member_attributes")
    ] == [
        ("m1", "pet", "cat", "survey"),
        ("m1", "size", "M", "survey"),
        ("m2", "size", "M", "survey"),
        ("m3", "pet", "dog", "survey"),
        ("m3", "size", "M", "survey:imputed"),
    ]


def test_an_attribute_keeps_the_time_it_was_first_said(shop: Shop) -> None:
    survey(shop, ("c1", "M", "猫"), ("c2", "L", "狗"))
    first = {
        (row["member_id"], row["name"]): row["updated_at"]
        for row in shop.table("member_attributes")
    }
    assert survey(shop, ("c1", "M", "狗"), ("c2", "L", "狗")) == RowCounts(
        read=2, loaded=1, duplicates=1, unchanged=1
    )
    later = {
        (row["member_id"], row["name"]): row["updated_at"]
        for row in shop.table("member_attributes")
    }
    assert [key for key in first if later[key] != first[key]] == [("m1", "pet")]


def test_constants_fill_gaps_and_are_flagged(shop: Shop) -> None:
    gap = "product_id: {column: sku, impute: {policy: constant, constant: loose}}"
    shop.csv([{**GOOD, "sku": ""}])
    report = shop.load(shop.mapping(LINES.replace("product_id: sku", gap)))
    assert shop.column("order_lines", "product_id") == ["loose"]
    assert shop.column("order_lines", "flags") == ["imputed_product_id,unknown_product"]
    assert {note.rule: note.count for note in report.notes}["imputed_product_id"] == 1


def test_what_may_be_missing_is_noted_and_not_refused(shop: Shop) -> None:
    card = "- {kind: card_no, column: card, verified: true}"
    lenient = f"{card}\n    - {{kind: phone, column: shop, on_error: missing}}"
    shop.csv([GOOD])
    report = shop.load(shop.mapping(LINES.replace(card, lenient)))
    assert report.counts == RowCounts(read=1, loaded=1)
    assert {note.rule: note.count for note in report.notes}["unreadable_phone"] == 1


def test_the_resolver_gets_each_person_once_with_their_usual_store(
    shop: Shop, stand_in: StandIn
) -> None:
    shop.load_lines(
        {"shop": "s2"},
        {"line": "2", "shop": "s1"},
        {"order": "o2", "shop": "s1"},
        {"order": "o3", "card": ""},
    )
    (person,) = stand_in.rows
    assert (person["kind"], person["value"], person["verified"], person["store_id"]) == (
        *("card_no", "c1", True, "s1"),
    )


@pytest.mark.parametrize(("paid", "net"), [("-5.00", None), ("5.00", Decimal("5.00"))])
def test_a_negative_amount_is_impossible_unless_allowed(
    shop: Shop, paid: str, net: Decimal | None
) -> None:
    report = shop.load_lines({"paid": paid})
    assert shop.column("order_lines", "net_amount") == ([net] if net else [])
    assert report.counts.quarantined == (0 if net else 1)


def test_returns_can_be_allowed(shop: Shop) -> None:
    returns = LINES.replace(
        "net_amount: paid", "net_amount: {column: paid, negative: allow}"
    ).replace("list_amount: paid + off", "list_amount: {expression: paid + off, negative: allow}")
    shop.csv([{**GOOD, "paid": "-5.00"}])
    shop.load(shop.mapping(returns))
    assert shop.column("order_lines", "net_amount") == [Decimal("-5.00")]


def test_a_price_times_a_weight_is_rounded_and_a_sum_is_not(shop: Shop) -> None:
    text = LINES.replace("net_amount: paid", "net_amount: paid * qty")
    shop.csv([{**GOOD, "paid": "¥19.90", "qty": "0.350"}, {**GOOD, "line": "2", "off": "0.125"}])
    report = shop.load(shop.mapping(text))
    assert shop.column("order_lines", "net_amount") == [Decimal("6.97")]
    assert [reason.reason for reason in report.reasons] == ["too_many_digits"]


def test_a_member_list_adds_to_what_is_known(shop: Shop) -> None:
    text = """
source: crm
contract: members
file: {format: csv, path: ../files/crm.csv}
member:
  identifiers: [{kind: card_no, column: card, verified: true}]
columns:
  gender: {column: sex, as: gender}
  birth_date: born
"""
    columns = ("card", "sex", "born")
    shop.csv([{"card": "c1", "sex": "女", "born": "1980-02-29"}], "crm.csv", columns)
    shop.load(shop.mapping(text, "crm"))
    shop.csv([{"card": "c1", "sex": "", "born": "1980-03-01"}], "crm.csv", columns)
    shop.load("crm")
    (row,) = shop.table("members")
    assert (row["gender"], row["birth_date"]) == ("female", date(1980, 3, 1))


def test_headers_can_come_from_a_file_of_their_own(shop: Shop) -> None:
    text = """
source: web
contract: orders
file: {format: csv, path: ../files/orders.csv}
zone: UTC
member:
  identifiers: [{kind: card_no, column: card, verified: true}]
columns:
  order_id: id
  store_id: {constant: web}
  channel: {constant: web}
  ordered_at: at
  list_amount: paid
  discount_amount: {constant: "0"}
  coupon_amount: {constant: "0"}
  net_amount: paid
  line_count: lines
  item_count: items
stores: {name: {constant: Web shop}}
"""
    cells = {"id": "w1", "at": "2024-05-31T16:30:00Z", "paid": "9.90", "lines": "1", "items": "3"}
    shop.csv([{**cells, "card": "c1"}], "orders.csv", (*cells, "card"))
    assert shop.load(shop.mapping(text, "orders")).counts == RowCounts(read=1, loaded=1)
    (order,) = shop.table("orders")
    assert (order["business_date"], order["item_count"]) == (date(2024, 6, 1), 3)
    assert (order["member_id"], order["net_amount"]) == ("m1", Decimal("9.90"))
    assert shop.column("stores", "name") == ["Web shop"]
