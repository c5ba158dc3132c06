"""The one spelling of an identifier under which it is hashed, compared and sealed."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache

import phonenumbers
from phonenumbers import PhoneMetadata, PhoneNumberFormat

_LENGTH_MAX = 254
_EMAIL = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")
_PLAIN = re.compile(r"[+]?[0-9]+")


def normal_form(kind: str, value: str, *, region: str) -> str | None:
    """Return the identifier's one spelling, or None when it cannot be one of its kind.

    ``region`` is the ISO 3166 country of phones without a country code.

    >>> normal_form("phone", "138 1234 5678", region="CN")
    '+8613812345678'
    >>> normal_form("email", " Li.Na@Shop.CN ", region="CN")
    'li.na@shop.cn'
    >>> normal_form("phone", "12", region="CN") is None
    True
    """
    text = unicodedata.normalize("NFKC", value).strip()
    if not text or len(text) > _LENGTH_MAX:
        return None
    if kind == "phone":
        return phone_form(text, region=region)
    return _FORMS.get(kind, _as_written)(text)


def name_form(name: str) -> str:
    """Return a name as it is compared: one width, one case, no spaces or dots between its parts.

    >>> name_form(" Ann  LEE "), name_form("阿依古丽·买买提")
    ('annlee', '阿依古丽买买提')
    """
    text = unicodedata.normalize("NFKC", name).casefold()
    return "".join(letter for letter in text if letter.isalnum())


def phone_form(text: str, *, region: str) -> str | None:
    """Return a valid phone in E.164, else None.

    Plain digits of the brand's own country are read by the country's published patterns; every
    other spelling goes through the whole parser, which is fifty times slower.
    """
    if _PLAIN.fullmatch(text):
        prefix, ours = _own_country(region)
        national = text.removeprefix(prefix) if text.startswith("+") else text
        if not national.startswith("+") and ours is not None and ours.fullmatch(national):
            return prefix + national
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)


@lru_cache(maxsize=8)
def _own_country(region: str) -> tuple[str, re.Pattern[str] | None]:
    metadata = PhoneMetadata.metadata_for_region(region)
    if metadata is None or metadata.mobile is None or metadata.general_desc is None:
        return "+", None
    pattern = metadata.mobile.national_number_pattern
    return f"+{metadata.country_code}", None if pattern is None else re.compile(pattern)


def _email(text: str) -> str | None:
    return text.lower() if _EMAIL.fullmatch(text) else None


def _upper(text: str) -> str | None:
    return text.upper()


def _as_written(text: str) -> str | None:
    return None if any(letter.isspace() for letter in text) else text


_FORMS: dict[str, Callable[[str], str | None]] = {
    "email": _email,
    "card_no": _upper,
    "pos_id": _upper,
}
