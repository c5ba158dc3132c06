"""The profile card in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from regulars.console.contexts import wording
from regulars.console.contexts.member.values import told_value
from regulars.console.figures.member_card import member_card

if TYPE_CHECKING:
    from django.utils.functional import Promise

    from regulars.console.desk import Desk
    from regulars.science.profile.card import CardField, Known

_NAMES: dict[str, Promise] = {
    "preferred_field": gettext_lazy("Preferred field"),
    "preferred_category": gettext_lazy("Preferred category"),
    "preferred_brand": gettext_lazy("Preferred brand"),
    "preferred_channel": gettext_lazy("Preferred channel"),
    "preferred_store": gettext_lazy("Preferred store"),
    "preferred_hour": gettext_lazy("Preferred hour"),
    "price_ranges": gettext_lazy("Price ranges"),
    "days_between_orders": gettext_lazy("How often they buy"),
    "recent_orders": gettext_lazy("Recent orders"),
    "recent_amount": gettext_lazy("Recent spend"),
    "gender": gettext_lazy("Gender"),
    "birth_date": gettext_lazy("Birthday"),
}
_STATES: dict[str, Promise] = {
    "none": gettext_lazy("nothing to tell yet"),
    "no_source": gettext_lazy("no source"),
    "withheld": gettext_lazy("only with the member's consent"),
}
_SOURCES: dict[str, Promise] = {
    "price_ranges": gettext_lazy("orders by amount"),
    "days_between_orders": gettext_lazy("on average"),
    "recent_orders": gettext_lazy("in the RFM window"),
    "recent_amount": gettext_lazy("in the RFM window"),
}
_DIMENSIONS = {"preferred_field": "department"} | {
    f"preferred_{name}": name for name in ("category", "brand", "channel", "store", "hour")
}


@dataclass(frozen=True, slots=True)
class CardLine:
    """One field: ``text`` is "" where there is nothing; ``note`` says why, or from where.

    ``since`` is when a source last said so; ``ranges`` are names and numbers of a small histogram.
    """

    label: str
    text: str
    note: str
    conflict: str = ""
    since: datetime | None = None
    ranges: tuple[tuple[str, int], ...] = ()

    @property
    def most(self) -> int:
        """The longest bar of the histogram."""
        return max((number for _name, number in self.ranges), default=0)


@dataclass(frozen=True, slots=True)
class CardPart:
    """One column of the card."""

    code: str
    title: str
    lines: tuple[CardLine, ...]


@dataclass(frozen=True, slots=True)
class ProfileCard:
    """The card; the social circle is not among the parts unless it may be told."""

    parts: tuple[CardPart, ...]


def profile_card(desk: Desk, member_id: str) -> ProfileCard:
    """Put the card of a member together."""
    found, known = member_card(desk, member_id)
    told = (
        ("consumption", _("What they buy"), found.consumption),
        ("social", _("Social circle"), found.social),
        ("basics", _("Basics"), found.basics),
    )
    return ProfileCard(
        parts=tuple(
            CardPart(code, title, tuple(_line(desk, one, known) for one in fields))
            for code, title, fields in told
            if fields is not None
        ),
    )


def _line(desk: Desk, one: CardField, known: Known) -> CardLine:
    label = str(_NAMES[one.name]) if one.name in _NAMES else wording.attribute(one.name)
    if one.value is None:
        return CardLine(label, "", str(_STATES[one.state]))
    conflict = ""
    if one.state == "conflict":
        conflict = _("%(source)s says %(sign)s") % {"source": one.source, "sign": one.said}
    ranges = one.value.items() if isinstance(one.value, Mapping) else ()
    return CardLine(
        label,
        told_value(desk, one),
        _note(one, known),
        conflict,
        one.updated_at,
        tuple((name.replace("-", "–"), number) for name, number in ranges),
    )


def _note(one: CardField, known: Known) -> str:
    if one.name in _DIMENSIONS:
        row, name = known.features["features/preferences"], _DIMENSIONS[one.name]
        return _("%(share)s of theirs, index %(index)s") % {
            "share": wording.percent(Decimal(str(row[f"{name}_share"])), 0),
            "index": wording.decimal(Decimal(str(row[f"{name}_index"])), 0),
        }
    if one.state in {"derived", "conflict"}:
        return _("by the birthday")
    return str(_SOURCES[one.name]) if one.name in _SOURCES else one.source
