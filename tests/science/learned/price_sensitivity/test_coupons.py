"""Coupon response by hand, and what it may not know."""

from __future__ import annotations

from datetime import date

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pytest

from regulars.base.errors import RuleError
from regulars.science.learned import price_sensitivity

SENT, AS_OF = date(2024, 5, 1), date(2024, 6, 1)


def table(*rows: tuple[str, str, date]) -> ir.Table:
    return ibis.memtable(
        pa.table({
            "member_id": pa.array([row[0] for row in rows], pa.string()),
            "campaign_id": pa.array([row[1] for row in rows], pa.string()),
            "business_date": pa.array([row[2] for row in rows], pa.date32()),
        })
    )  # fmt: skip


SENDS = table(
    *(("a", campaign, SENT) for campaign in "wxyz"),
    *((member, "w", SENT) for member in "bcd"),
    ("a", "late", AS_OF),
)
REDEMPTIONS = table(("a", "w", SENT), ("a", "w", SENT), ("a", "x", SENT), ("b", "w", AS_OF),
                    ("stranger", "w", SENT), ("a", "y", SENT))  # fmt: skip


def test_by_hand() -> None:
    model = price_sensitivity.CouponResponse.fit(SENDS, REDEMPTIONS, as_of=AS_OF)
    found = model.scores(SENDS, REDEMPTIONS, as_of=AS_OF).to_pyarrow().to_pylist()

    # Rates: w 1 of 4, x and y 1 of 1, z 0 of 1; a is expected to redeem 2.25 of which 3 came.
    expected = {"a": 2.25, "b": 0.25, "c": 0.25, "d": 0.25}
    redeemed = {"a": 3, "b": 0, "c": 0, "d": 0}
    extra = sum((redeemed[m] - e) ** 2 - redeemed[m] for m, e in expected.items())
    assert extra < 0  # they differ less than chance would have it
    assert (model.shape, model.sends, model.redemptions) == (1e6, 7, 3)
    by_member = {row["member_id"]: row for row in found}
    assert sorted(by_member) == ["a", "b", "c", "d"]
    for member, row in by_member.items():
        ratio = (redeemed[member] + 1e6) / (expected[member] + 1e6)
        assert row["coupon_response"] == pytest.approx(ratio)
        assert row["coupons_redeemed"] == redeemed[member]
    assert [by_member[m]["coupons_sent"] for m in "ab"] == [4, 1]


def test_unlike_members_are_told_apart() -> None:
    sends = table(*((f"m{n}", str(c), SENT) for n in range(20) for c in range(10)))
    used = table(*((f"m{n}", str(c), SENT) for n in range(5) for c in range(8)))
    model = price_sensitivity.CouponResponse.fit(sends, used, as_of=AS_OF)
    rows = model.scores(sends, used, as_of=AS_OF).to_pyarrow().to_pylist()

    # Eight campaigns with a rate of 1/4 are sent to each: 2 expected, 8 or none redeemed.
    shape = (20 * 4) / (5 * (36 - 8) + 15 * 4)
    assert model.shape == pytest.approx(shape)
    keen = next(row for row in rows if row["member_id"] == "m0")
    assert keen["coupon_response"] == pytest.approx((8 + shape) / (2 + shape))
    assert keen["coupon_response_se"] == pytest.approx((8 + shape) ** 0.5 / (2 + shape))


def test_nothing_was_redeemed() -> None:
    with pytest.raises(RuleError, match="redemptions: no coupon was redeemed"):
        price_sensitivity.CouponResponse.fit(SENDS, table(), as_of=AS_OF)
