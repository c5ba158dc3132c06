"""The mobile numbers of the brand's own country, read a column at a time."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import phonenumbers
import pyarrow as pa
import pyarrow.compute as pc
from phonenumbers import PhoneMetadata


def own_mobiles(plain: pa.Array, *, region: str) -> pa.Array:
    """Return in E.164 what is certainly a mobile number of ``region``; null for all else.

    Nearly every phone of a member list is one. What comes out is what the whole parser says of
    it; what comes out null is for that parser, which needs a thousand times longer, to read.

    >>> own_mobiles(pa.array(["138 0013 8000", "010-62345678"]), region="CN").to_pylist()
    ['+8613800138000', None]
    """
    country = _country(region)
    if country is None:
        return pa.nulls(len(plain), pa.string())
    folded = pc.utf8_normalize(plain, form="NFKC")
    national = pc.replace_substring_regex(folded, pattern=country.code, replacement="")
    national = pc.replace_substring_regex(national, pattern="[ -]", replacement="")
    sure = pc.match_substring_regex(folded, country.written)
    for pattern in country.required:
        sure = pc.and_(sure, pc.match_substring_regex(national, pattern))
    for pattern in country.prefixes:
        sure = pc.and_(sure, pc.invert(pc.match_substring_regex(national, pattern)))
    named = pc.binary_join_element_wise(country.plus, national, "")
    return pc.if_else(sure, named, pa.scalar(None, pa.string()))


@dataclass(frozen=True, slots=True)
class _Country:
    """The patterns of a country's mobile numbers, as RE2 reads them."""

    plus: str
    written: str
    code: str
    required: tuple[str, ...]
    prefixes: tuple[str, ...]


@lru_cache(maxsize=8)
def _country(region: str) -> _Country | None:
    """Return the patterns, or None where a number's country depends on more than its code."""
    data = PhoneMetadata.metadata_for_region(region)
    if data is None or data.mobile is None or data.general_desc is None:
        return None
    if phonenumbers.COUNTRY_CODE_TO_REGION_CODE.get(data.country_code or 0) != (region,):
        return None
    kinds = (data.mobile.national_number_pattern, data.general_desc.national_number_pattern)
    if None in kinds:
        return None
    # A number that begins like a dialling prefix is left to the parser, which may cut it off.
    prefixes = (data.national_prefix_for_parsing, data.international_prefix)
    return _Country(
        plus=f"+{data.country_code}",
        written=rf"^(?:(?:\+|00){data.country_code}[ -]?)?[1-9](?:[ -]?\d)*$",
        code=rf"^(?:\+|00){data.country_code}",
        required=tuple(f"^(?:{kind})$" for kind in kinds),
        prefixes=tuple(f"^(?:{prefix})" for prefix in prefixes if prefix),
    )
