"""Values of the profile card as a reader writes them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from regulars.console.contexts import wording
from regulars.console.contexts.stores import store_name

if TYPE_CHECKING:
    from regulars.console.desk import Desk
    from regulars.science.profile.card import CardField


def told_value(desk: Desk, one: CardField) -> str:
    """Return the field's value in words; "" for one that is drawn."""
    if isinstance(one.value, Mapping):
        return ""
    words = _WORDS.get(one.name)
    return str(one.value) if words is None else words(desk, str(one.value))


_WORDS: Mapping[str, Callable[[Desk, str], str]] = {
    "preferred_channel": lambda _desk, code: wording.term(wording.CHANNELS, code),
    "preferred_store": lambda desk, code: store_name(desk, code) or code,
    "preferred_hour": lambda _desk, hour: _("%(hour)dh") % {"hour": int(hour)},
    "days_between_orders": lambda _desk, days: (
        _("every %(days)s days") % {"days": wording.decimal(Decimal(days), 1)}
    ),
    "recent_orders": lambda _desk, number: wording.count(int(number)),
    "recent_amount": lambda desk, amount: wording.money(Decimal(amount), desk.currency),
    "gender": lambda _desk, code: wording.term(wording.GENDERS, code),
    "zodiac": lambda _desk, sign: wording.term(wording.SIGNS, sign),
}
