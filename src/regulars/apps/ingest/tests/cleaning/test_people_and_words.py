"""Phones, e-mail addresses, gender words, yes and no, value maps, missing words."""

from __future__ import annotations

import pyarrow as pa
import pytest

from regulars.apps.ingest.cleaning import booleans, by_map, emails, genders, phones, texts


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("138 0013 8000", "+8613800138000"),
        ("13800138000", "+8613800138000"),
        ("+86-138-0013-8000", "+8613800138000"),
        ("0086 13800138000", "+8613800138000"),
        ("１３８００１３８０００", "+8613800138000"),
        ("010-62345678", "+861062345678"),
        ("+1 (212) 555-2368", "+12125552368"),
        ("138****8000", "masked_phone"),
        ("12345", "impossible_phone"),
        ("phone", "impossible_phone"),
        ("00000000000", "impossible_phone"),
        (None, None),
    ],
)
def test_phones_become_e164(text: str | None, expected: str | None) -> None:
    found = phones(pa.array([text], pa.string()), region="CN")
    assert (found.values[0].as_py() or found.reasons[0].as_py()) == expected


def test_a_phone_without_a_country_code_is_one_of_the_region() -> None:
    assert phones(pa.array(["(212) 555-2368"]), region="US").values.to_pylist() == ["+12125552368"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ann.Lee@Example.COM", "ann.lee@example.com"),
        ("a+b@shop.example.cn", "a+b@shop.example.cn"),
        ("ann@", "impossible_email"),
        ("@example.com", "impossible_email"),
        ("ann..lee@example.com", "impossible_email"),
        ("ann@example", "impossible_email"),
        ("ann lee@example.com", "impossible_email"),
    ],
)
def test_email_addresses(text: str, expected: str) -> None:
    found = emails(pa.array([text]))
    assert (found.values[0].as_py() or found.reasons[0].as_py()) == expected


def test_gender_words() -> None:
    words = ["男", "女", "F", "male", "先生", "未知", "保密", "其他", "unknown", "robot", None]
    found = genders(pa.array(words))
    assert found.values.to_pylist() == [
        *("male", "female", "female", "male", "male"),
        *(None, None, "other", None, None, None),
    ]
    assert found.reasons.to_pylist() == [None] * 9 + ["unknown_word", None]


def test_yes_and_no() -> None:
    found = booleans(pa.array(["是", "否", "TRUE", "0", "maybe", ""]))
    assert found.values.to_pylist() == [True, False, True, False, None, None]
    assert found.reasons.to_pylist() == [None, None, None, None, "not_a_boolean", None]


def test_a_value_map_refuses_or_keeps_what_it_lacks() -> None:
    values = pa.array(["A", "B", ""])
    words = {"A": "gold"}
    assert by_map(values, words, keep_unknown=False).reasons.to_pylist() == [
        None,
        "unknown_word",
        None,
    ]
    assert by_map(values, words, keep_unknown=True).values.to_pylist() == ["gold", "B", None]


def test_missing_words_and_blanks_are_missing() -> None:
    values = pa.array([" x ", "", "NULL", "　", "\\N", "nan", "0"])
    assert texts(values).to_pylist() == ["x", None, None, None, None, None, "0"]


def test_numbers_become_the_text_people_know() -> None:
    assert texts(pa.array([13800138000.0, 1.5, None])).to_pylist() == ["13800138000", "1.5", None]
    assert texts(pa.array([7, None])).to_pylist() == ["7", None]
