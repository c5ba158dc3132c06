"""One spelling per identifier; the fast way for phones agrees with the whole parser."""

from __future__ import annotations

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from regulars.apps.members.rules.kinds import KINDS, says_nothing
from regulars.apps.members.rules.normal_form import normal_form, phone_form

DIGITS = st.text("0123456789", min_size=1, max_size=15)


def by_the_parser(text: str, region: str) -> str | None:
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


@hypothesis_settings(max_examples=150, deadline=None)
@given(
    text=st.one_of(
        DIGITS,
        DIGITS.map("+{}".format),
        DIGITS.map("+86{}".format),
        DIGITS.map("+1{}".format),
        st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True),
        st.from_regex(r"[2-9][0-9]{2}[2-9][0-9]{6}", fullmatch=True),
        st.from_regex(r"\+861[3-9][0-9]{9}", fullmatch=True),
    ),
    region=st.sampled_from(["CN", "US", "DE", "HK"]),
)
def test_phones_equal_the_whole_parser(text: str, region: str) -> None:
    assert phone_form(text, region=region) == by_the_parser(text, region)


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        ("phone", "138-1234-5678", "+8613812345678"),
        ("phone", "１３８１２３４５６７８", "+8613812345678"),
        ("phone", "0086 138 1234 5678", "+8613812345678"),
        ("phone", "+1 202 555 0123", "+12025550123"),
        ("phone", "13812345", None),
        ("card_no", " a-100 ", "A-100"),
        ("email", "Li.Na@SHOP.cn", "li.na@shop.cn"),
        ("email", "li.na@shop", None),
        ("email", "li na@shop.cn", None),
        ("openid", "oAbC-1", "oAbC-1"),
        ("openid", "o A", None),
        ("device", "  ", None),
        ("pos_id", "p7", "P7"),
    ],
)
def test_spellings(kind: str, value: str, expected: str | None) -> None:
    assert normal_form(kind, value, region="CN") == expected


@hypothesis_settings(max_examples=200, deadline=None)
@given(kind=st.sampled_from(sorted(KINDS)), value=st.text(max_size=30))
def test_a_normal_form_is_its_own_normal_form(kind: str, value: str) -> None:
    form = normal_form(kind, value, region="CN")
    if form is not None:
        assert normal_form(kind, form, region="CN") == form


@pytest.mark.parametrize("value", ["1", "900", "2222", "1609", "A0001", "12-34"])
def test_ordinary_card_numbers_say_something(value: str) -> None:
    assert not says_nothing("card_no", value)
