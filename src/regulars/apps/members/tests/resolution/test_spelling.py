"""A column of values is spelt as each value alone would be."""

from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from regulars.apps.members.rules.kinds import KIND_ORDER, says_nothing
from regulars.apps.members.rules.normal_form import normal_form
from regulars.apps.members.services.resolution.spelling import MALFORMED, NOTHING, keys_of_kind

ODD = [
    "", " ", "0", "000-000", "-1", "NULL", "n/a", "guest", "test", "tester1", "aaaaaa", "77777777",
    "散客", "a b", "ａ１", "A-1", "a_1", "+8613812345678", "+86 138 1234 5678", "+8613888888888",
    "+861381234567", "13812345678", "Li@Shop.CN", "test@a.cn", "a@b.test", "a@localhost",
    "no-reply@a.cn", "n/a@a.cn", "x@y", "li.na@shop.example.com", "007", "A" * 70 + "1",
]  # fmt: skip
letters = st.text("0123456789aAzZ-_.@+ 散１", max_size=14)


@pytest.mark.parametrize("kind", KIND_ORDER)
@hypothesis_settings(max_examples=60, deadline=None)
@given(drawn=st.lists(letters, max_size=20))
def test_every_value_is_spelt_the_slow_way(kind: str, drawn: list[str]) -> None:
    values = [*ODD, *drawn]
    places, forms = keys_of_kind(kind, pa.array(values, pa.string()))
    spelt = forms.to_pylist()
    assert len(set(spelt)) == len(spelt)
    for value, place in zip(values, places.tolist(), strict=True):
        stripped = value.strip()
        form = normal_form(kind, stripped, region="CN") if stripped else None
        if not stripped or says_nothing(kind, stripped):
            assert place == NOTHING, value
        elif form is None:
            assert place == MALFORMED, value
        elif says_nothing(kind, form):
            assert place == NOTHING, value
        else:
            assert spelt[place] == form, value
