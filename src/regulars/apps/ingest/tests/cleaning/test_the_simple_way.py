"""Plain values are read at once: the answer is the one that each value gets on its own."""

from __future__ import annotations

import random
from collections.abc import Callable

import phonenumbers
import pyarrow as pa
import pytest

from regulars.apps.ingest.cleaning import Cleaned, TimeRule, amounts, numbers, phones, times
from regulars.apps.ingest.cleaning.mobiles import own_mobiles

MONEY = ["12", "-3.5", "0.05", "¥1,299.00", "(12.50)", "1.234", "12-", "x", None, "", "９.5"]
MOMENTS = [
    *("2025-02-28 23:59:59", "2025-02-29 00:00:00", "2024-02-29 12:00:00", "2025-04-31 01:02:03"),
    *("2025-01-01T08:00:00Z", "2025-01-01T08:00:00+08:00", "2025-01-01 08:00:00.25", "2025/1/2"),
    *("1899-12-31 10:00:00", "2025-12-31 24:00:00", "2025年3月5日", "yesterday", None, " "),
]


@pytest.mark.parametrize(
    ("read", "values"),
    [
        (lambda found: amounts(found, currency="CNY"), MONEY),
        (lambda found: amounts(found, currency="JPY"), MONEY),
        (lambda found: amounts(found, currency="CNY", decimal_comma=True), [*MONEY, "1.299,5"]),
        (lambda found: numbers(found, scale=3), MONEY),
        (lambda found: times(found, TimeRule(zone="Asia/Shanghai")), MOMENTS),
        (lambda found: phones(found, region="CN"), ["13800138000", "010-62345678", "1", None]),
    ],
)
def test_a_column_says_what_each_of_its_values_says(
    read: Callable[[pa.Array], Cleaned], values: list[str | None]
) -> None:
    alone = [read(pa.array([value], pa.string())) for value in values]
    together = read(pa.array(values, pa.string()))
    assert together.values.to_pylist() == [found.values[0].as_py() for found in alone]
    assert together.reasons.to_pylist() == [found.reasons[0].as_py() for found in alone]


def test_a_plain_amount_has_its_digits_and_a_plain_moment_its_zone() -> None:
    found = amounts(pa.array(["-3.5", "12", "1.234"]), currency="CNY")
    assert [str(value) for value in found.values.to_pylist()] == ["-3.50", "12.00", "None"]
    read = times(
        pa.array(["2025-01-01T08:00:00Z", "2025-01-01 08:00:00"]), TimeRule("Asia/Shanghai")
    )
    assert [moment.hour for moment in read.values.to_pylist()] == [8, 0]


@pytest.mark.parametrize("region", ["CN", "JP", "FR", "DE", "IN", "SG", "US"])
def test_mobiles_of_the_country_are_what_the_whole_parser_says(region: str) -> None:
    texts = _numbers(region)
    found = own_mobiles(pa.array(texts), region=region).to_pylist()
    for text, quick in zip(texts, found, strict=True):
        assert quick in {None, _parsed(text, region)}, text
    # Its own countries' usual spellings are read quickly; where a code has many countries, none.
    assert sum(quick is not None for quick in found) > (0 if region == "US" else 50) - 1


def test_what_is_no_sure_mobile_is_left_to_the_parser() -> None:
    texts = ["010-62345678", "17951138001", "8613800138000", "+1 212 555 2368", "++8613800138000"]
    assert own_mobiles(pa.array(texts), region="CN").to_pylist() == [None] * len(texts)


def _numbers(region: str) -> list[str]:
    """Digits that begin like anything, and the country's own example with its digits changed."""
    drawn = random.Random(region)
    example = phonenumbers.example_number_for_type(region, phonenumbers.PhoneNumberType.MOBILE)
    assert example is not None
    code, national = example.country_code, str(example.national_number)
    found = []
    for place in range(600):
        kept = drawn.randint(0, 4)
        digits = national[:kept] + "".join(drawn.choices("0123456789", k=len(national) - kept))
        digits = digits if place % 7 else digits[: drawn.randint(5, 12)]
        shapes = (
            digits,
            f"+{code}{digits}",
            f"00{code}{digits}",
            f"+{code} {digits}",
            f"0{digits}",
        )
        shape = drawn.choice(shapes)
        found.append(shape if place % 3 else f"{shape[:-4]} {shape[-4:-2]}-{shape[-2:]}")
    return found


def _parsed(text: str, region: str) -> str | None:
    try:
        number = phonenumbers.parse(f"+{text[2:]}" if text.startswith("00") else text, region)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
