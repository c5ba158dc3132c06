"""Price sensitivity: what a member makes of discounts and of coupons, as far as the facts tell.

`shelf_offers` (or `paid_offers`) says what each brand was reduced by, `alternatives` beside what
was bought. `DiscountResponse` is fitted on that and answers for each member, with a standard error
and the evidence; `CouponResponse` does so for coupons. They choose offers, never list prices:
`checked_price_list` refuses prices that are made for a person.
"""

from regulars.science.learned.price_sensitivity.choices import alternatives, choices
from regulars.science.learned.price_sensitivity.coupons import CouponResponse
from regulars.science.learned.price_sensitivity.model import DiscountResponse
from regulars.science.learned.price_sensitivity.offers import paid_offers, shelf_offers
from regulars.science.learned.price_sensitivity.price_list import checked_price_list
from regulars.science.learned.price_sensitivity.words import BANDS, reason

__all__ = [
    "BANDS",
    "CouponResponse",
    "DiscountResponse",
    "alternatives",
    "checked_price_list",
    "choices",
    "paid_offers",
    "reason",
    "shelf_offers",
]
