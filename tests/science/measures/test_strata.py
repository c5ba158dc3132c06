"""Strata and the Pareto curve, by hand and against plain Python."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from regulars.base.errors import RuleError
from regulars.science.strata import StrataRules, curve, strata, top_share
from tests.science.history import MONEY, on_tables, rows

HALVES = StrataRules(key=Fraction(1, 10), main=Fraction(1, 2), ordinary=Fraction(9, 10))
values = st.lists(st.one_of(st.none(), st.integers(0, 6)), min_size=1, max_size=30)


def worth(*sales: int | None) -> ir.Table:
    names = [f"m{place:02}" for place in range(len(sales))]
    money = pa.array([None if sale is None else Decimal(sale) for sale in sales], MONEY)
    return ibis.memtable(pa.table({"member_id": pa.array(names, pa.string()), "sales": money}))


def test_twenty_members() -> None:
    found = rows(strata(worth(*range(20)), by="sales"))

    by_sales = [row["stratum"] for row in sorted(found, key=lambda row: -row["sales"])]
    assert by_sales == ["key"] + ["main"] * 3 + ["ordinary"] * 6 + ["long_tail"] * 10


def test_equal_values_are_not_parted() -> None:
    found = rows(strata(worth(9, 9, 9, 1, None), by="sales", rules=HALVES))

    assert {row["member_id"]: row["stratum"] for row in found} == {
        "m00": "key", "m01": "key", "m02": "key", "m03": "ordinary", "m04": "ordinary",
    }  # fmt: skip


@given(sales=values)
@on_tables
def test_strata_by_counting_who_has_more(sales: list[int | None]) -> None:
    found = {row["member_id"]: row["stratum"] for row in rows(strata(worth(*sales), by="sales"))}

    for place, mine in enumerate(sales):
        least = -1 if mine is None else mine
        share = Fraction(sum((-1 if s is None else s) > least for s in sales), len(sales))
        ends = ((Fraction(1, 20), "key"), (Fraction(1, 5), "main"), (Fraction(1, 2), "ordinary"))
        wanted = next((name for end, name in ends if share < end), "long_tail")
        assert found[f"m{place:02}"] == wanted


@given(sales=values, steps=st.integers(1, 12))
@on_tables
def test_the_curve_adds_up_the_greatest(sales: list[int | None], steps: int) -> None:
    ordered = sorted((s or 0 for s in sales), reverse=True)
    wanted: dict[tuple[int, int], int] = {}
    for step in range(steps, 0, -1):
        count = step * len(sales) // steps
        if count:
            wanted[count, sum(ordered[:count])] = step

    found = rows(curve(worth(*sales), by="sales", steps=steps))
    assert [(row["members"], int(row["value"])) for row in found] == sorted(wanted)
    assert [row["step"] for row in found] == [wanted[place] for place in sorted(wanted)]


def test_the_top_fifth() -> None:
    assert top_share(worth(80, 5, 5, 5, 5), by="sales") == Decimal("0.8000")
    assert top_share(worth(*[1] * 7), by="sales") == Decimal("0.1429")
    assert top_share(worth(0, 0), by="sales") is None
    assert top_share(worth(3, 1), by="sales") == Decimal("0.0000")


def test_what_makes_no_sense_is_refused() -> None:
    with pytest.raises(RuleError, match="rising shares"):
        StrataRules(key=Fraction(1, 2))
    with pytest.raises(RuleError, match="lacks sales"):
        strata(ibis.memtable(pa.table({"member_id": ["m1"]})), by="sales")
    with pytest.raises(RuleError, match="0 steps"):
        curve(worth(1), by="sales", steps=0)
    with pytest.raises(RuleError, match="between 0 and 1"):
        top_share(worth(1), by="sales", share=Fraction(2))
