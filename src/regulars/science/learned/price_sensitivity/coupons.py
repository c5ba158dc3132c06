"""How a member answers coupons, drawn towards what everybody does with the same campaigns."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Self

import ibis.expr.types as ir
import numpy as np

from regulars.base.errors import RuleError
from regulars.science.facts import known, require_columns

_SHAPE_MAX = 1e6


@dataclass(frozen=True, slots=True, kw_only=True)
class CouponResponse:
    """How far members differ in redeeming the coupons they are sent.

    A member who was sent campaigns 1 … n is expected to redeem E = the sum of their redemption
    rates; redeemed are O ~ Poisson(E x ratio), ratio ~ gamma(shape, shape) over members, mean 1.
    Given O the ratio is gamma(shape + O, shape + E) (Clayton & Kaldor 1987, "Empirical Bayes
    estimates of age-standardized relative risks", Biometrics 43, there of diseases in districts).

    Attributes:
        shape: The greater, the more alike members are; found by moments.
        sends, redemptions: What the fit has seen.
    """

    shape: float
    sends: int
    redemptions: int

    @classmethod
    def fit(cls, sends: ir.Table, redemptions: ir.Table, *, as_of: date) -> Self:
        """Fit on the sends before ``as_of`` and whether each was redeemed before it.

        ``sends`` needs member_id, campaign_id and business_date, ``redemptions`` the same.

        Raises:
            RuleError: A column is missing, or no coupon was redeemed.
        """
        held = _sums(sends, redemptions, as_of).to_pyarrow()
        names = ("coupons_sent", "coupons_redeemed", "coupons_expected")
        sent, redeemed, expected = (held[name].to_numpy().astype(np.float64) for name in names)
        if not redeemed.sum():
            raise RuleError("no coupon was redeemed", where="redemptions", fix="Wait for some")
        extra = float(((redeemed - expected) ** 2 - redeemed).sum()) / float((expected**2).sum())
        return cls(
            shape=1.0 / max(extra, 1.0 / _SHAPE_MAX),
            sends=int(sent.sum()),
            redemptions=int(redeemed.sum()),
        )

    def scores(self, sends: ir.Table, redemptions: ir.Table, *, as_of: date) -> ir.Table:
        """Return the ratio of every member who was sent a coupon before ``as_of``.

        Returns member_id, coupon_response (float: 1 redeems as often as the average member),
        coupon_response_se (its standard deviation), coupons_sent and coupons_redeemed (ints).
        """
        sums = _sums(sends, redemptions, as_of)
        gained = sums["coupons_redeemed"] + self.shape
        held = sums["coupons_expected"] + self.shape
        return sums.select(
            "member_id",
            coupon_response=gained / held,
            coupon_response_se=gained.sqrt() / held,
            coupons_sent="coupons_sent",
            coupons_redeemed="coupons_redeemed",
        )


def _sums(sends: ir.Table, redemptions: ir.Table, as_of: date) -> ir.Table:
    columns = ("member_id", "campaign_id", "business_date")
    require_columns(sends, columns, where="sends")
    require_columns(redemptions, columns, where="redemptions")
    sent = known(sends, as_of).select("member_id", "campaign_id").distinct()
    used = known(redemptions, as_of).select("member_id", "campaign_id").distinct()
    both = sent.left_join(used.mutate(used=1), ("member_id", "campaign_id"))
    answers = both.select("member_id", "campaign_id", redeemed=both["used"].fill_null(0))
    rates = answers.group_by("campaign_id").agg(rate=answers["redeemed"].mean())
    rated = answers.inner_join(rates, "campaign_id")
    return rated.group_by("member_id").agg(
        coupons_sent=rated.count(),
        coupons_redeemed=rated["redeemed"].sum(),
        coupons_expected=rated["rate"].sum(),
    )
