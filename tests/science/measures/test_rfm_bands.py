"""The cube, the bands and the moves between two dates, worked out by hand and counted in Python."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from itertools import product

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pytest
from hypothesis import given

from regulars.base.errors import RuleError
from regulars.science import rfm
from tests.science.history import MONEY, Member, Order, histories, on, on_tables, orders_table, rows


def scored(*scores: tuple[int, int, int]) -> ir.Table:
    r, f, m = zip(*scores, strict=True)
    columns = {"r_score": r, "f_score": f, "m_score": m}
    money = pa.array([Decimal(10 + place) for place in range(len(scores))], MONEY)
    names = [f"m{place}" for place in range(len(scores))]
    return ibis.memtable(pa.table({"member_id": names, **columns, "monetary": money}))


@pytest.mark.parametrize(
    ("levels", "bands"),
    [
        (2, {1: "low", 2: "high"}),
        (3, {1: "low", 2: "medium", 3: "high"}),
        (4, {1: "low", 2: "medium", 3: "medium", 4: "high"}),
        (5, {1: "low", 2: "low", 3: "medium", 4: "high", 5: "high"}),
    ],
)
def test_bands_of_a_score(levels: int, bands: dict[int, str]) -> None:
    found = rows(rfm.banded(scored(*((s, s, s) for s in bands)), levels=levels))

    assert {row["r_score"]: row["r_band"] for row in found} == bands
    assert {row["m_score"]: row["m_band"] for row in found} == bands


def test_the_band_of_value_is_that_of_the_sum() -> None:
    found = rows(
        rfm.banded(scored((1, 1, 1), (2, 2, 2), (2, 2, 3), (5, 3, 3), (5, 5, 2), (5, 5, 5)))
    )

    assert [row["value_band"] for row in found] == [
        "low", "low", "medium", "medium", "high", "high",
    ]  # fmt: skip


def test_the_cube_has_every_cell_and_everybody() -> None:
    found = rows(rfm.cube(scored((1, 3, 5), (2, 3, 4), (5, 5, 5))))

    assert len(found) == 27
    places = [(row["r_band"], row["f_band"], row["m_band"]) for row in found]
    assert places == list(product(("low", "medium", "high"), repeat=3))
    taken = {p: (row["members"], row["sales"]) for p, row in zip(places, found, strict=True)}
    assert taken["low", "medium", "high"] == (2, Decimal("21.00"))
    assert taken["high", "high", "high"] == (1, Decimal("12.00"))
    assert sum(members for members, _ in taken.values()) == 3


@given(history=histories())
@on_tables
def test_moves_add_up_on_both_sides(history: tuple[list[Order], list[Member]]) -> None:
    orders = orders_table(history[0])
    # Kept, so that what is compared is not scored again with every question.
    scores = [rfm.score(orders, as_of=on(day)).to_pyarrow() for day in (20, 50)]
    before, after = (ibis.memtable(table) for table in scores)
    groups = [{row["member_id"]: row["rfm_group"] for row in rows(t)} for t in (before, after)]
    first, second = groups
    wanted = Counter(
        (first.get(member, "absent"), second.get(member, "absent")) for member in first | second
    )

    found = rows(rfm.migration(before, after))
    assert {(row["before"], row["after"]): row["members"] for row in found} == wanted


def test_what_has_no_scores_has_no_bands() -> None:
    with pytest.raises(RuleError, match="lacks r_score"):
        rfm.banded(ibis.memtable(pa.table({"member_id": ["m1"]})))
    with pytest.raises(RuleError, match="6 levels"):
        rfm.banded(scored((1, 1, 1)), levels=6)
