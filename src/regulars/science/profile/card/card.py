"""The card of one member."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from regulars.science.profile.card.groups import may_be_told, told_groups
from regulars.science.profile.card.zodiac import read_sign, zodiac_sign

# none: a source would tell it, but there is nothing to tell. no_source: no source does.
State = Literal["known", "derived", "conflict", "none", "no_source", "withheld"]
Value = str | int | float | Mapping[str, int] | None

_SOCIAL = (
    "social_field", "weibo_followers", "weibo_following", "weibo_mutual", "verified_type",
    "verified_reason", "personal_tags", "qq_groups",
)  # fmt: skip
_PLACES = (
    "country", "province", "city", "county",
    "home_country", "home_province", "home_city", "home_county",
)  # fmt: skip
_COMPUTED = {
    "preferred_field": ("features/preferences", "preferred_department"),
    "preferred_category": ("features/preferences", "preferred_category"),
    "preferred_brand": ("features/preferences", "preferred_brand"),
    "preferred_channel": ("features/preferences", "preferred_channel"),
    "preferred_store": ("features/preferences", "preferred_store"),
    "preferred_hour": ("features/preferences", "preferred_hour"),
    "days_between_orders": ("features/cycle", "interval_mean_days"),
    "recent_orders": ("features/rfm", "frequency"),
    "recent_amount": ("features/rfm", "monetary"),
}
# What a member has who is in none of the table's rows.
_NOTHING: Mapping[str, Value] = {"recent_orders": 0, "recent_amount": "0.00"}


@dataclass(frozen=True, slots=True, kw_only=True)
class CardField:
    """One field: its value, where it is from, and since when.

    ``said`` is what a source says instead, where that contradicts.
    """

    name: str
    value: Value = None
    state: State = "no_source"
    source: str = ""
    updated_at: datetime | None = None
    as_of: date | None = None
    said: str = ""


@dataclass(frozen=True, slots=True)
class Card:
    """The three parts; ``social`` is None where it may not be told."""

    consumption: tuple[CardField, ...]
    social: tuple[CardField, ...] | None
    basics: tuple[CardField, ...]


@dataclass(frozen=True, slots=True)
class Said:
    """A declared value, who said so and when."""

    value: str
    source: str
    updated_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known of a member.

    Attributes:
        as_of: Facts before it count.
        said: Declared attributes and the columns of ``members``, by name.
        features: The member's row of each feature table that was computed, by the table's name;
            empty where the member has none.
        dates: As of when each of these tables is.
        price_ranges: What `price_ranges` tells of the member's orders.
    """

    as_of: date | None
    said: Mapping[str, Said] = field(default_factory=dict)
    features: Mapping[str, Mapping[str, str | int | float | None]] = field(default_factory=dict)
    dates: Mapping[str, date] = field(default_factory=dict)
    price_ranges: Mapping[str, int] = field(default_factory=dict)


def card(known: Known, *, switched_on: Collection[str] = ()) -> Card:
    """Put the card together; ``switched_on`` are the groups that may be told of who agreed."""
    said = {name: one.value for name, one in known.said.items()}
    groups = told_groups(said, switched_on=switched_on)
    computed = {name: _computed(known, name) for name in _COMPUTED}
    ranges = CardField(
        name="price_ranges",
        value=dict(known.price_ranges) or None,
        state="known" if known.price_ranges else "none",
        source="orders",
        as_of=known.as_of,
    )
    return Card(
        consumption=(
            computed["preferred_field"],
            computed["preferred_category"],
            ranges,
            computed["days_between_orders"],
            computed["recent_orders"],
            computed["recent_amount"],
            computed["preferred_brand"],
            computed["preferred_channel"],
            computed["preferred_store"],
            computed["preferred_hour"],
            _declared(known, "phone_type", groups),
            _declared(known, "credit_grade", groups),
        ),
        social=tuple(_declared(known, name, groups) for name in _SOCIAL)
        if "social" in groups
        else None,
        basics=(
            _age(known),
            _declared(known, "gender", groups),
            _declared(known, "birth_date", groups),
            *(_declared(known, name, groups) for name in _PLACES),
            _sign(known),
            _declared(known, "blood_type", groups),
            _declared(known, "school", groups),
        ),
    )


def _declared(known: Known, name: str, groups: Collection[str]) -> CardField:
    if not may_be_told(name, groups):
        return CardField(name=name, state="withheld")
    said = known.said.get(name)
    if said is None or not said.value:
        return CardField(name=name)
    return CardField(
        name=name, value=said.value, state="known", source=said.source, updated_at=said.updated_at
    )


def _computed(known: Known, name: str) -> CardField:
    table, column = _COMPUTED[name]
    if table not in known.dates:
        return CardField(name=name)
    value = known.features.get(table, {}).get(column, _NOTHING.get(name))
    state: State = "none" if value is None else "known"
    return CardField(name=name, value=value, state=state, source=table, as_of=known.dates[table])


def _age(known: Known) -> CardField:
    born = _born(known)
    if born is None or known.as_of is None:
        return _declared(known, "age", ())
    before_birthday = (known.as_of.month, known.as_of.day) < (born.month, born.day)
    return _derived(known, "age", known.as_of.year - born.year - before_birthday)


def _sign(known: Known) -> CardField:
    """Tell the sign by the birthday; what a source says is believed only where that is unknown."""
    born, said = _born(known), known.said.get("zodiac")
    if born is None:
        return _declared(known, "zodiac", ())
    sign = zodiac_sign(born)
    derived = _derived(known, "zodiac", sign)
    if said is None or not said.value or read_sign(said.value) == sign:
        return derived
    return CardField(
        name="zodiac", value=sign, state="conflict", source=said.source, said=said.value,
        updated_at=said.updated_at,
    )  # fmt: skip


def _derived(known: Known, name: str, value: Value) -> CardField:
    said = known.said["birth_date"]
    return CardField(
        name=name, value=value, state="derived", source=said.source, updated_at=said.updated_at,
        as_of=known.as_of,
    )  # fmt: skip


def _born(known: Known) -> date | None:
    said = known.said.get("birth_date")
    return date.fromisoformat(said.value) if said is not None and said.value else None
