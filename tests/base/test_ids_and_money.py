"""Ids carry no meaning and do not repeat; money rounds half up in its own digits."""

from __future__ import annotations

from decimal import Decimal

import pytest

from regulars.base.ids import ALPHABET, new_member_id
from regulars.base.money import rounded, symbol


def test_member_ids_are_distinct_and_of_one_shape() -> None:
    ids = {new_member_id() for _ in range(5000)}

    assert len(ids) == 5000
    assert {len(one) for one in ids} == {17}
    assert {one[0] for one in ids} == {"m"}
    assert {letter for one in ids for letter in one[1:]} == set(ALPHABET)


@pytest.mark.parametrize(
    ("amount", "currency", "expected"),
    [("0.005", "CNY", "0.01"), ("-0.005", "CNY", "-0.01"), ("99.5", "JPY", "100")],
)
def test_rounding(amount: str, currency: str, expected: str) -> None:
    assert rounded(Decimal(amount), currency) == Decimal(expected)


def test_symbols() -> None:
    assert [symbol(code) for code in ("CNY", "USD", "SEK")] == ["¥", "$", "SEK "]
