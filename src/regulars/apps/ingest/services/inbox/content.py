"""What a posted order says: checked, written down in one way, and taken apart into rows again."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from datetime import UTC
from decimal import Decimal
from typing import Any

from django.conf import settings

from regulars.apps.ingest.cleaning import ORDER_ID_LETTERS_MAX
from regulars.apps.ingest.types import OrderPost
from regulars.base.errors import RuleError

LINES_MAX = 1_000
_KINDS = ("unionid", "card_no", "phone", "openid", "email", "pos_id", "device")
# Kinds whose weight depends on whether somebody verified the value.
_BY_VERIFICATION = frozenset({"phone", "email"})
_COLUMNS = (
    *("order_id", "line_no", "store_id", "product_id", "ordered_at", "quantity", "list_amount"),
    *("discount_amount", "coupon_amount", "net_amount", "channel", "staff_id"),
)
_AMOUNTS = ("quantity", "net_amount", "discount_amount", "coupon_amount")

Row = dict[str, str | None]


def check(order: OrderPost) -> None:
    """Raise ``RuleError`` for an order that cannot be kept; what it says of values is not checked.

    Values are judged when the order lands, by the rules for every source.
    """
    where = f"order {order.order_id[:ORDER_ID_LETTERS_MAX]}"
    if not order.order_id.strip() or len(order.order_id) > ORDER_ID_LETTERS_MAX:
        raise RuleError(f"an order id has 1 to {ORDER_ID_LETTERS_MAX} letters", where=where)
    if not 1 <= len(order.lines) <= LINES_MAX:
        raise RuleError(f"an order has 1 to {LINES_MAX:,} lines", where=where)
    if order.ordered_at.tzinfo is None:
        raise RuleError("ordered_at has no zone", where=where, fix="Add one, such as +08:00")
    twice = [name for name, n in Counter(line.line_no for line in order.lines).items() if n > 1]
    if twice:
        raise RuleError(f"two lines are called {twice[0]!r}", where=where, fix="Number the lines")
    kinds = Counter(identifier.kind for identifier in order.identifiers)
    for kind, count in kinds.items():
        if kind not in _KINDS:
            raise RuleError(
                f"there is no kind of identifier {kind!r}",
                where=where,
                fix=f"Use one of: {', '.join(_KINDS)}",
            )
        if count > 1:
            raise RuleError(f"more than one {kind}", where=where, fix="Send the buyer's own")
    brand = settings.REGULARS_BRAND.currency
    if order.currency not in {"", brand}:
        raise RuleError(
            f"the amounts are in {order.currency}, the brand's currency is {brand}", where=where
        )


def written(order: OrderPost) -> str:
    """Return the order's one spelling: equal orders have equal texts."""
    facts: dict[str, Any] = {
        "order_id": order.order_id,
        "store_id": order.store_id,
        "ordered_at": order.ordered_at.astimezone(UTC).isoformat(timespec="microseconds"),
        "channel": order.channel,
        "staff_id": order.staff_id,
        "identifiers": {
            _column_of(who.kind, verified=who.verified): who.value for who in order.identifiers
        },
        "lines": [
            {
                "line_no": line.line_no,
                "product_id": line.product_id,
                "list_amount": _plain(
                    line.net_amount + line.discount_amount + line.coupon_amount
                    if line.list_amount is None
                    else line.list_amount
                ),
            }
            | {name: _plain(getattr(line, name)) for name in _AMOUNTS}
            for line in sorted(order.lines, key=lambda line: line.line_no)
        ],
    }
    return json.dumps(facts, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def rows_of(texts: Sequence[str]) -> list[list[Row]]:
    """Return each written order as the rows of the mapping ``posted/orders``, one per line."""
    return [_rows(json.loads(text)) for text in texts]


def _rows(facts: dict[str, Any]) -> list[Row]:
    header = {name: facts[name] or None for name in _COLUMNS if name in facts}
    who = dict.fromkeys(_identifier_columns()) | facts["identifiers"]
    header["ordered_at"] = f"{facts['ordered_at'].removesuffix('+00:00')}Z"
    return [header | who | line for line in facts["lines"]]


def _identifier_columns() -> list[str]:
    unverified = [f"{kind}_unverified" for kind in _KINDS if kind in _BY_VERIFICATION]
    return [*_KINDS, *unverified]


def _column_of(kind: str, *, verified: bool) -> str:
    return f"{kind}_unverified" if kind in _BY_VERIFICATION and not verified else kind


def _plain(number: Decimal) -> str:
    """Return a number without exponent and trailing zeros: 2.50 and 2.5 say the same."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
