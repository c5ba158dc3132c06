"""The profile card: what staff and systems are told of one member, field by field.

Three parts: what they buy, their social circle, and the basics. `card` puts it together from what
is already known; a field nobody told says so, and two groups of fields are only told of members who
agreed to it.
"""

from regulars.science.profile.card.card import Card, CardField, Known, Said, State, card
from regulars.science.profile.card.groups import (
    GROUPS,
    GUARDED,
    group_of,
    may_be_told,
    told_groups,
)
from regulars.science.profile.card.prices import PRICE_BOUNDS, price_range, price_ranges
from regulars.science.profile.card.zodiac import SIGNS, read_sign, zodiac_sign

__all__ = [
    "GROUPS",
    "GUARDED",
    "PRICE_BOUNDS",
    "SIGNS",
    "Card",
    "CardField",
    "Known",
    "Said",
    "State",
    "card",
    "group_of",
    "may_be_told",
    "price_range",
    "price_ranges",
    "read_sign",
    "told_groups",
    "zodiac_sign",
]
