"""What a customer's orders to come are worth today."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from regulars.base.errors import RuleError
from regulars.science.clv.gamma_gamma import GammaGamma
from regulars.science.clv.histories import Floats
from regulars.science.clv.model import RepeatModel


def lifetime_value(
    model: RepeatModel,
    spend: GammaGamma,
    *,
    periods: int,
    period: float,
    discount: float = 0.0,
    frequency: ArrayLike,
    recency: ArrayLike,
    age: ArrayLike,
    monetary: ArrayLike,
) -> Floats:
    """Return each customer's discounted value of the orders in the next ``periods`` periods.

    A period lasts ``period`` in the model's unit of time; ``discount`` is the rate per period,
    taken at its end: Σ spend · (E[X(kΔ)] - E[X((k-1)Δ)]) / (1 + d)^k. Fader, Hardie & Lee (2005),
    J. of Marketing Research 42(4), eq. 1, cut off at the horizon. Both models hold how much and
    how often people order to be independent.

    Raises:
        RuleError: There is no period, or the rate is -1 or below.
    """
    if periods < 1 or not period > 0:
        raise RuleError(f"{periods} periods of {period:g} are no horizon", where="periods")
    if not discount > -1.0:
        raise RuleError(f"a discount cannot be {discount:g}", where="discount", fix="0.01 is 1 %")
    before: Floats = np.zeros(1)
    worth: Floats = np.zeros(1)
    for number in range(1, periods + 1):
        upto = model.expected_orders(number * period, frequency, recency, age)
        worth = worth + (upto - before) / (1.0 + discount) ** number
        before = upto
    return worth * spend.expected_spend(frequency, monetary)
