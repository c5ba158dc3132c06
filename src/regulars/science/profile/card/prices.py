"""How much a member's orders come to, in ranges."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from decimal import Decimal

PRICE_BOUNDS = (100, 200, 300, 500)


def price_range(place: int) -> str:
    """Return how a range is written: ``0-100`` is the first, ``500+`` the last.

    A range holds its lower bound and not its upper one.
    """
    if place == len(PRICE_BOUNDS):
        return f"{PRICE_BOUNDS[-1]}+"
    return f"{(0, *PRICE_BOUNDS)[place]}-{PRICE_BOUNDS[place]}"


def price_ranges(amounts: Iterable[Decimal]) -> tuple[tuple[str, int], ...]:
    """Return the ranges that hold any amount, the lowest first, and how many each holds.

    >>> price_ranges([Decimal("59.5"), Decimal("65.5"), Decimal(600)])
    (('0-100', 2), ('500+', 1))
    """
    counted = Counter(sum(amount >= bound for bound in PRICE_BOUNDS) for amount in amounts)
    return tuple((price_range(place), counted[place]) for place in sorted(counted))
