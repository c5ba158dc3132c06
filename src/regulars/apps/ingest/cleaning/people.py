"""What sources write about people: phones, e-mail addresses, gender words."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

import phonenumbers
import pyarrow as pa
import pyarrow.compute as pc

from regulars.apps.ingest.cleaning.mobiles import own_mobiles
from regulars.apps.ingest.cleaning.outcome import Cleaned, by_the_simple_way, from_unique, on_unique
from regulars.apps.ingest.cleaning.texts import texts

_MASK = re.compile(r"[*•＊×]|x{2,}", re.IGNORECASE)
_EMAIL = re.compile(
    r"[a-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}"
)
_LONGEST_EMAIL = 254

_GENDERS = {
    "female": ("f", "female", "woman", "w", "女", "女性", "女士", "小姐", "2"),
    "male": ("m", "male", "man", "男", "男性", "先生", "1"),
    "other": ("other", "x", "其他", "其它", "9"),
    "": ("u", "unknown", "未知", "保密", "不详", "未填写", "0", "-"),
}
_GENDER_OF = {word: gender for gender, words in _GENDERS.items() for word in words}


def phones(values: pa.Array, *, region: str) -> Cleaned:
    """Return phone numbers in E.164; a number without a country code is one of ``region``.

    >>> phones(pa.array(["138 0013 8000", "138****8000"]), region="CN").values.to_pylist()
    ['+8613800138000', None]
    """
    encoded = texts(values).dictionary_encode()
    distinct = encoded.dictionary
    mobiles = own_mobiles(distinct, region=region)
    found = by_the_simple_way(
        distinct,
        pc.is_valid(mobiles),
        lambda _: mobiles,
        lambda odd: _each(odd, lambda text: _phone(text, region)),
    )
    return Cleaned(found.values.take(encoded.indices), found.reasons.take(encoded.indices))


def emails(values: pa.Array) -> Cleaned:
    """Return e-mail addresses in lower case; the form is checked, not whether mail arrives.

    >>> emails(pa.array(["Ann@Example.com", "ann@"])).values.to_pylist()
    ['ann@example.com', None]
    """
    return _each(values, _email)


def genders(values: pa.Array) -> Cleaned:
    """Return female, male or other; words for "unknown" become missing.

    >>> genders(pa.array(["女", "M", "未知"])).values.to_pylist()
    ['female', 'male', None]
    """
    return _each(values, _gender)


def _each(values: pa.Array, clean: Callable[[str], tuple[str | None, str | None]]) -> Cleaned:
    distinct, indices = on_unique(texts(values))
    return from_unique(
        [(None, None) if text is None else clean(text) for text in distinct], indices
    )


def _phone(text: str, region: str) -> tuple[str | None, str | None]:
    plain = unicodedata.normalize("NFKC", text)
    if _MASK.search(plain):
        return None, "masked_phone"
    if plain.startswith("00"):
        plain = f"+{plain[2:]}"
    try:
        number = phonenumbers.parse(plain, region)
    except phonenumbers.NumberParseException:
        return None, "impossible_phone"
    if not phonenumbers.is_valid_number(number) or number.extension:
        return None, "impossible_phone"
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164), None


def _email(text: str) -> tuple[str | None, str | None]:
    plain = unicodedata.normalize("NFKC", text).lower()
    local = plain.partition("@")[0]
    dots_wrong = local.startswith(".") or local.endswith(".") or ".." in plain
    if len(plain) > _LONGEST_EMAIL or dots_wrong or _EMAIL.fullmatch(plain) is None:
        return None, "impossible_email"
    return plain, None


def _gender(text: str) -> tuple[str | None, str | None]:
    word = unicodedata.normalize("NFKC", text).lower()
    if word not in _GENDER_OF:
        return None, "unknown_word"
    return _GENDER_OF[word] or None, None
