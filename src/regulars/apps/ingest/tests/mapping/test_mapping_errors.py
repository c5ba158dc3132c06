"""A wrong mapping is refused with the file and the key path of the mistake."""

from __future__ import annotations

import pytest

from regulars.apps.ingest.mapping import Mapping, found, listed, parsed
from regulars.apps.ingest.tests.shop import LINES
from regulars.base.brand import Brand
from regulars.base.errors import MappingError

BRAND = Brand(name="Test", zone="Asia/Shanghai", currency="CNY", region="CN")


def parse(text: str) -> Mapping:
    return parsed(text, name="lines", file="lines.yaml", folder="/nowhere", brand=BRAND)


def test_the_shop_of_the_tests_parses() -> None:
    mapping = parse(LINES)
    assert mapping.reads == ("order", "line", "shop", "sku", "at", "qty", "paid", "off", "card")
    assert mapping.title_in("zh-hans") == "收银"
    assert mapping.title_in("fr") == "Till"


@pytest.mark.parametrize(
    ("old", "new", "where", "what"),
    [
        ("contract: order_lines", "contract: nothing", "lines.yaml: contract", "no table"),
        ("contract: order_lines", "contract: features/rfm", "lines.yaml: contract", "computed"),
        ("zone: Asia/Shanghai", "zone: Asia/Nowhere", "lines.yaml: zone", "no time zone"),
        ("currency: CNY", "currency: yuan", "lines.yaml: currency", "'yuan' is no currency"),
        ("currency: CNY", "source: till", "lines.yaml, line", "the key 'source' stands twice"),
        ("order_id: order", "order_id: a\n  order_id: b", "lines.yaml, line", "'order_id' stands"),
        ("currency: CNY", "colour: red", "lines.yaml: colour", "unknown key 'colour'"),
        ("  order_id: order\n", "", "lines.yaml: columns", "needs the column order_id"),
        ("order_id: order", "order_key: order", "lines.yaml: columns.order_key", "no column"),
        ("order_id: order", "flags: order", "lines.yaml: columns.flags", "filled in by the load"),
        ("net_amount: paid", "net_amount: paid +", "lines.yaml: columns.net_amount", "not an exp"),
        ("net_amount: paid", "net_amount: (select 1)", "columns.net_amount", "not allowed"),
        (
            "net_amount: paid",
            "net_amount: {column: paid, impute: {policy: constant, constant: '0'}}",
            "lines.yaml: columns.net_amount.impute",
            "never filled in",
        ),
        ("net_amount: paid", "net_amount: {column: paid, constant: '0'}", "net_amount", "exactly"),
        ("net_amount: paid", "net_amount: {column: paid, zone: UTC}", "net_amount", "for times"),
        ("format: csv", "format: word", "lines.yaml: file.format", "'word' is not known"),
        ("path: ../files/lines.csv", "paths: x", "lines.yaml: file.paths", "unknown key"),
        ("channel: {constant: pos}", "{}", "lines.yaml: rollup", "channel"),
        ("- rule: zero_quantity", "- rule: magic", "rules[0].rule", "'magic' is not known"),
        ("- rule: zero_quantity", "- {rule: extreme, column: net_amount}", "rules[0]", "needs"),
        (
            "- rule: zero_quantity",
            "- {rule: extreme, column: weight, above: 1}",
            "lines.yaml: rules",
            "no column 'weight'",
        ),
        (
            "- rule: zero_quantity",
            "- {rule: extreme, column: net_amount, above: much}",
            "rules[0].above",
            "not a number",
        ),
        ("kind: card_no, ", "", "member.identifiers[0]", "'kind' is missing"),
    ],
)
def test_a_mistake_is_named_where_it_is(old: str, new: str, where: str, what: str) -> None:
    assert old in LINES
    with pytest.raises(MappingError) as caught:
        parse(LINES.replace(old, new))
    assert where in caught.value.where
    assert what in caught.value.what


def test_a_broken_file_is_named_with_its_line() -> None:
    with pytest.raises(MappingError) as caught:
        parse("source: till\n  contract: [")
    assert caught.value.where == "lines.yaml, line 2"


def test_a_query_needs_its_url_from_the_environment_and_an_order() -> None:
    text = LINES.replace("file: {format: csv, path: ../files/lines.csv}", "sql: {PLACE}")
    with pytest.raises(MappingError, match="url_env"):
        parse(text.replace("{PLACE}", "{query: SELECT 1}"))
    with pytest.raises(MappingError, match="unknown key 'url'"):
        parse(text.replace("{PLACE}", "{query: SELECT 1, url: 'postgresql://me:secret@db'}"))
    with pytest.raises(MappingError, match="ORDER BY"):
        parse(text.replace("{PLACE}", "{query: SELECT * FROM t, url_env: TILL_URL}"))
    with pytest.raises(MappingError, match="one SELECT"):
        parse(text.replace("{PLACE}", "{query: DROP TABLE t, url_env: TILL_URL}"))


def test_every_shipped_mapping_parses() -> None:
    names = [mapping.name for mapping in listed()]
    assert {name.partition("/")[0] for name in names} >= {"complete_journey"}
    assert all(found(name).title_in("en") != found(name).title_in("zh-hans") for name in names)


def test_an_unknown_mapping_says_which_there_are() -> None:
    with pytest.raises(MappingError, match="complete_journey/products"):
        found("complete_journey/produce")
