"""The gate before list prices: they may depend on goods, place and time, never on a person.

E-Commerce Law 18, PIPL 24, 算法规定 21 and 互联网平台价格行为规则 (in force 10 April 2026): no
other price for the same goods under the same conditions by willingness or ability to pay,
preference or habit. What is known of a person may choose an offer with published conditions (a
coupon, points).
"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from regulars.base.errors import ComplianceError
from regulars.science.facts import require_columns

ARTICLES = "E-Commerce Law 18; PIPL 24; 互联网平台价格行为规则"
_PLACE = ("product_id", "store_id", "channel")
_ALLOWED = (
    *_PLACE,
    "starts_on",
    "ends_on",
    "list_price",
    "price",
    "currency",
    "promotion",
    "source",
)


def checked_price_list(prices: ir.Table) -> ir.Table:
    """Return a list of prices that is the same for everybody.

    ``prices`` needs product_id, starts_on, ends_on and list_price, and may have store_id, channel,
    price, currency, promotion and source: what a price may depend on, and what it is called.

    Raises:
        ComplianceError: It has any other column, such as a member or a model's answer; or a product
            has two prices in the same place on the same day.
        RuleError: A column is missing.
    """
    require_columns(prices, ("product_id", "starts_on", "ends_on", "list_price"), where="prices")
    personal = [name for name in prices.columns if name not in _ALLOWED]
    if personal:
        raise ComplianceError(
            f"a list price may not depend on {', '.join(personal)} ({ARTICLES})",
            where="prices",
            fix="Make it an offer with published conditions, such as a coupon",
        )
    where = [name for name in _PLACE if name in prices.columns]
    before = ibis.window(group_by=where, order_by=["starts_on", "ends_on"], preceding=(None, 1))
    reached = prices.mutate(reached=prices["ends_on"].max().over(before))
    twice = reached.filter(reached["reached"] >= reached["starts_on"])
    found = (
        twice.order_by("starts_on").select(*where, "starts_on").limit(1).to_pyarrow().to_pylist()
    )
    if found:
        raise ComplianceError(
            f"two prices hold on {found[0].pop('starts_on')} for the same goods ({ARTICLES})",
            where=", ".join(str(value) for value in found[0].values()),
            fix="End the one before the other begins",
        )
    return prices
