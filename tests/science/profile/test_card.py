"""The profile card: every field, from whom, and what is told only with consent."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from regulars.science.profile.card import (
    GROUPS,
    Card,
    CardField,
    Known,
    Said,
    card,
    price_ranges,
    read_sign,
    zodiac_sign,
)

AT = datetime(2024, 5, 1, tzinfo=UTC)
BORN = "1987-02-16"
SOCIAL = {"social_field": "数码", "weibo_followers": "120", "qq_groups": "摄影"}


def known(**said: str) -> Known:
    return Known(as_of=date(2024, 6, 1), said={k: Said(v, "crm", AT) for k, v in said.items()})


def basics(found: Card) -> dict[str, CardField]:
    return {one.name: one for one in found.basics}


def test_the_seed_person_of_the_catalogue() -> None:
    """Two orders below 100 and one from 500 on; three orders, 725.0 in all."""
    ranges = price_ranges([Decimal("55.50"), Decimal("99.50"), Decimal("570.00")])
    assert ranges == (("0-100", 2), ("500+", 1))
    day = date(2024, 6, 1)
    seed = Known(
        as_of=day,
        said={"birth_date": Said(BORN, "crm", AT), "zodiac": Said("摩羯座", "survey", AT)},
        features={"features/rfm": {"frequency": 3, "monetary": "725.00"}, "features/cycle": {}},
        dates={"features/rfm": day, "features/cycle": day},
        price_ranges=dict(ranges),
    )
    found = {one.name: (one.value, one.state) for one in card(seed).consumption}
    assert found == {
        "preferred_field": (None, "no_source"),
        "preferred_category": (None, "no_source"),
        "price_ranges": ({"0-100": 2, "500+": 1}, "known"),
        "days_between_orders": (None, "none"),
        "recent_orders": (3, "known"),
        "recent_amount": ("725.00", "known"),
        **{
            f"preferred_{name}": (None, "no_source")
            for name in ("brand", "channel", "store", "hour")
        },
        "phone_type": (None, "no_source"),
        "credit_grade": (None, "no_source"),
    }


def test_all_fields_of_the_basics_are_there_known_or_not() -> None:
    names = "age gender birth_date country province city county home_country home_province"
    names += " home_city home_county zodiac blood_type school"
    found = basics(card(known(gender="female", city="杭州")))
    assert list(found) == names.split()
    assert (found["city"].value, found["city"].source, found["city"].updated_at) == (
        "杭州", "crm", AT,
    )  # fmt: skip
    assert {name for name, one in found.items() if one.state == "known"} == {"gender", "city"}
    assert found["blood_type"].state == "withheld"
    assert {one.state for name, one in found.items() if one.value is None} == {
        "no_source", "withheld",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("said", "state", "contradicts"),
    [
        ({}, "derived", ""),
        ({"zodiac": "水瓶座"}, "derived", ""),
        ({"zodiac": " aquarius "}, "derived", ""),
        ({"zodiac": "摩羯座"}, "conflict", "摩羯座"),
        ({"zodiac": "属兔"}, "conflict", "属兔"),
    ],
)
def test_the_sign_follows_from_the_birthday(
    said: dict[str, str], state: str, contradicts: str
) -> None:
    sign = basics(card(known(birth_date=BORN, **said)))["zodiac"]
    assert (sign.value, sign.state, sign.said) == ("aquarius", state, contradicts)


def test_without_a_birthday_the_source_is_believed() -> None:
    found = basics(card(known(zodiac="摩羯座", age="35-44")))
    assert (found["zodiac"].value, found["zodiac"].state) == ("摩羯座", "known")
    assert (found["age"].value, found["age"].state) == ("35-44", "known")


@pytest.mark.parametrize(
    ("born", "age"),
    [("1987-02-16", 37), ("1987-06-01", 37), ("1987-06-02", 36), ("2004-02-29", 20)],
)
def test_the_age_is_that_of_the_date(born: str, age: int) -> None:
    assert basics(card(known(birth_date=born)))["age"].value == age


def test_signs_change_on_the_days_of_the_calendar() -> None:
    first_days = {
        "aquarius": (1, 20), "pisces": (2, 19), "aries": (3, 21), "taurus": (4, 20),
        "gemini": (5, 21), "cancer": (6, 22), "leo": (7, 23), "virgo": (8, 23), "libra": (9, 23),
        "scorpio": (10, 24), "sagittarius": (11, 23), "capricorn": (12, 22),
    }  # fmt: skip
    signs = [*first_days]
    for place, (sign, (month, day)) in enumerate(first_days.items()):
        assert zodiac_sign(date(2000, month, day)) == sign
        assert zodiac_sign(date(2000, month, day - 1)) == signs[place - 1]
    assert zodiac_sign(date(2000, 1, 1)) == zodiac_sign(date(2000, 12, 31)) == "capricorn"
    assert read_sign("山羊座") == "capricorn"
    assert read_sign("") is None


@pytest.mark.parametrize(
    ("consent", "switched_on"),
    [
        ({}, ()),
        ({"consent_social": "yes"}, ()),
        ({}, ("social",)),
        ({"consent_social": "no"}, ("social",)),
        ({"consent_social": ""}, ("social",)),
        ({"consent_sensitive": "yes"}, ("social", "sensitive")),
    ],
)
def test_the_social_circle_is_hidden_without_consent(
    consent: dict[str, str], switched_on: tuple[str, ...]
) -> None:
    found = card(known(**SOCIAL, **consent), switched_on=switched_on)
    assert found.social is None
    assert not any(value in repr(found) for value in SOCIAL.values())


def test_the_social_circle_is_told_of_who_agreed() -> None:
    found = card(known(**SOCIAL, consent_social="yes"), switched_on=("social",))
    assert found.social is not None
    values: dict[str, Any] = {one.name: one.value for one in found.social}
    assert values == dict.fromkeys(GROUPS["social"]) | SOCIAL


def test_a_blood_type_is_sensitive() -> None:
    said = known(blood_type="AB", consent_sensitive="yes")
    assert basics(card(said))["blood_type"].state == "withheld"
    assert basics(card(said))["blood_type"].value is None
    told = basics(card(said, switched_on=("sensitive",)))["blood_type"]
    assert (told.value, told.state) == ("AB", "known")
