"""Price sensitivity: what a member makes of discounts and of coupons, as far as the facts tell.

`shelf_offers` (or `paid_offers`) says what each brand was reduced by, `alternatives` beside what
was bought. `DiscountResponse` is fitted on that and answers for each member, with a standard error
and the evidence; `CouponResponse` does so for coupons. `PriceFit` is what a month keeps of a fit,
so that members can be asked one by one; `fitted_and_judged` also says how good it was. They choose
offers, never list prices: `checked_price_list` refuses prices that are made for a person.
"""

from regulars.science.learned.price_sensitivity.choices import alternatives, choices
from regulars.science.learned.price_sensitivity.coupons import CouponResponse
from regulars.science.learned.price_sensitivity.judging import PriceReport, fitted_and_judged
from regulars.science.learned.price_sensitivity.model import DiscountResponse
from regulars.science.learned.price_sensitivity.offers import paid_offers, shelf_offers
from regulars.science.learned.price_sensitivity.price_list import checked_price_list
from regulars.science.learned.price_sensitivity.shelves import PriceFit, responses
from regulars.science.learned.price_sensitivity.words import BANDS, reason

__all__ = [
    "BANDS",
    "CouponResponse",
    "DiscountResponse",
    "PriceFit",
    "PriceReport",
    "alternatives",
    "checked_price_list",
    "choices",
    "fitted_and_judged",
    "paid_offers",
    "reason",
    "responses",
    "shelf_offers",
]
