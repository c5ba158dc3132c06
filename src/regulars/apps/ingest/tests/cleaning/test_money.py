"""Money text: what is read, what is refused, and agreement with plain Python."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from regulars.apps.ingest.cleaning import amounts, integers, numbers


def read(text: str, currency: str = "CNY", *, decimal_comma: bool = False) -> Decimal | str | None:
    found = amounts(pa.array([text]), currency=currency, decimal_comma=decimal_comma)
    value: Decimal | None = found.values[0].as_py()
    reason: str | None = found.reasons[0].as_py()
    assert value is None or reason is None
    return reason or value


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("¥1,299.00", Decimal("1299.00")),
        ("￥１，２９９．５", Decimal("1299.50")),
        ("1299元", Decimal(1299)),
        ("RMB 12", Decimal(12)),
        ("(12.50)", Decimal("-12.50")),
        ("-12.50", Decimal("-12.50")),
        ("−12.50", Decimal("-12.50")),
        ("12.50-", Decimal("-12.50")),
        ("¥-3", Decimal(-3)),
        (" 7 ", Decimal(7)),
        ("0012.30", Decimal("12.30")),
        (".5", Decimal("0.50")),
        ("9999999999999999.99", Decimal("9999999999999999.99")),
        ("--3", "not_an_amount"),
        ("(-3)", "not_an_amount"),
        ("(3", "not_an_amount"),
        ("1,29", "not_an_amount"),
        ("1,2345.00", "not_an_amount"),
        ("1e5", "not_an_amount"),
        ("abc", "not_an_amount"),
        ("12.345", "too_many_digits"),
        ("1.299,00 €", "wrong_currency"),
        ("$5", "wrong_currency"),
        ("99999999999999999", "too_large"),
        ("", None),
        ("null", None),
    ],
)
def test_chinese_money(text: str, expected: Decimal | str | None) -> None:
    assert read(text) == expected


def test_a_decimal_comma_is_read_only_when_the_mapping_says_so() -> None:
    assert read("1.299,00 €", "EUR") == "not_an_amount"
    assert read("1.299,00 €", "EUR", decimal_comma=True) == Decimal("1299.00")
    assert read("1 299,5", "EUR", decimal_comma=True) == Decimal("1299.50")
    assert read("12.50", "EUR", decimal_comma=True) == "not_an_amount"


def test_yen_have_no_digits_after_the_point() -> None:
    assert read("¥1200", "JPY") == Decimal(1200)
    assert read("1200.5", "JPY") == "too_many_digits"


def test_floats_are_read_to_the_cent_they_stand_for() -> None:
    found = amounts(pa.array([0.1 + 0.2, 1.005, float("nan"), None, 1e17]), currency="USD")
    assert found.values.to_pylist() == [Decimal("0.30"), None, None, None, None]
    assert found.reasons.to_pylist() == [None, "too_many_digits", "not_a_number", None, "too_large"]


def test_integers_and_decimals_keep_their_value() -> None:
    assert amounts(pa.array([7, None, -3]), currency="CNY").values.to_pylist() == [
        Decimal("7.00"),
        None,
        Decimal("-3.00"),
    ]
    exact = pa.array([Decimal("1.230"), Decimal("1.234")], pa.decimal128(10, 3))
    found = amounts(exact, currency="CNY")
    assert found.values.to_pylist() == [Decimal("1.23"), None]
    assert found.reasons.to_pylist() == [None, "too_many_digits"]


def test_whole_numbers() -> None:
    found = integers(pa.array(["3", "3.0", "3.5", "x"]))
    assert found.values.to_pylist() == [3, 3, None, None]
    assert found.reasons.to_pylist() == [None, None, "not_a_whole_number", "not_a_number"]


@given(st.decimals(-(10**15) + 1, 10**15 - 1, places=3))
def test_any_number_of_three_digits_survives_text(value: Decimal) -> None:
    found = numbers(pa.array([f"{value:f}", f"{value:,f}"]), scale=3)
    assert found.values.to_pylist() == [value, value]


@given(st.integers(-(10**13), 10**13))
def test_any_cent_survives_a_float(cents: int) -> None:
    found = amounts(pa.array([cents / 100]), currency="USD")
    assert found.values.to_pylist() == [Decimal(cents) / 100]


def by_hand(text: str) -> Decimal | None:
    """Chinese money in plain Python."""
    plain = " ".join(unicodedata.normalize("NFKC", text).split())
    sign = "(?:[¥元] ?)?"
    match = re.fullmatch(
        rf"(\()? ?([-+])? ?{sign}([-+])? ?([\d,. ]*[\d,.]) ?{sign}(-)?(\))?", plain
    )
    if match is None:
        return None
    opened, before, inside, number, after, closed = match.groups()
    signs = [mark for mark in (before, inside, opened) if mark]
    whole, point, cents = number.partition(".")
    groups = whole.split(",")
    wrong = [
        bool(opened) != bool(closed),
        len(signs) + bool(after) > 1,
        bool(point) != bool(cents),
        not whole and not cents,
        not re.fullmatch(r"[\d,]*", whole) or not re.fullmatch(r"\d{0,2}", cents),
        len(groups) > 1 and not 1 <= len(groups[0]) <= 3,
        any(len(group) != 3 for group in groups[1:]),
    ]
    if any(wrong):
        return None
    value = Decimal(f"{''.join(groups) or 0}.{cents or 0}")
    return -value if opened or "-" in (before, inside, after) else value


@given(st.text("0123456789,.-()¥元 １２", max_size=9))
def test_any_scribble_is_read_as_plain_python_reads_it(text: str) -> None:
    found = read(text)
    assert (found if isinstance(found, Decimal) else None) == by_hand(text)
