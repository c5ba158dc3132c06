"""Values of a load brought to the one spelling under which they are hashed, a column at a time.

Most values need no thought: a mobile number of the brand's own country, a card of letters and
digits, a plain mailbox. Those are recognised by one pass over the column; the others go through
``normal_form`` and ``says_nothing`` one by one, which says the same and takes fifty times longer.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from django.conf import settings
from phonenumbers import PhoneMetadata

from regulars.apps.members.rules.components import Ints
from regulars.apps.members.rules.kinds import says_nothing
from regulars.apps.members.rules.normal_form import normal_form

NOTHING = -1
MALFORMED = -2

_REPEATED = "|".join(f"{digit}{{8,}}" for digit in range(10))
_ONE_DIGIT = "|".join(f"{digit}+" for digit in range(10))
_CODE, _LETTER, _DIGIT = r"^[0-9A-Za-z_-]{2,64}$", "[A-Za-z]", "[0-9]"
_NUMBER = r"^[0-9]{2,64}$"
_MAILBOX = r"^[0-9a-z._+-]{1,64}@[0-9a-z-]+(\.[0-9a-z-]+)*\.[a-z]{2,63}$"
_NOBODYS_MAILBOX = r"^(test|null|none|noemail|no-?reply|anonymous|unknown|na)@|[@.](test|invalid)$"


def keys_of_kind(
    kind: str, raw: pa.Array[pa.StringScalar]
) -> tuple[Ints, pa.Array[pa.StringScalar]]:
    """Return for each raw value its key's number, and the keys' normal forms.

    The number is ``NOTHING`` for a value that says nothing and ``MALFORMED`` for one that cannot
    be of its kind.
    """
    region = settings.REGULARS_BRAND.region
    coded: Any = raw.dictionary_encode()
    distinct = coded.dictionary
    forms, plain = _plain_forms(kind, distinct, region=region)
    places = np.zeros(len(distinct), dtype=np.int64)
    ours = _forms_of(kind, settings.REGULARS_BLOCKED_IDENTIFIERS, region=region)
    if ours:
        places[pc.is_in(forms, value_set=pa.array(sorted(ours))).to_numpy(zero_copy_only=False)] = (
            NOTHING
        )
    others = np.flatnonzero(~plain)
    spelt: list[str | None] = [None] * len(others)
    for number, value in enumerate(distinct.take(pa.array(others)).to_pylist()):
        form, place = _considered(kind, value, ours, region=region)
        spelt[number], places[others[number]] = form, place
    whole = pc.replace_with_mask(forms, pa.array(~plain), pa.array(spelt, pa.string()))
    kept = np.flatnonzero(places == 0)
    keys: Any = whole.take(pa.array(kept)).dictionary_encode()
    places[kept] = keys.indices.to_numpy()
    return places[coded.indices.to_numpy()], keys.dictionary


def _considered(
    kind: str, value: str, ours: frozenset[str], *, region: str
) -> tuple[str | None, int]:
    stripped = value.strip()
    if not stripped or says_nothing(kind, stripped):
        return None, NOTHING
    form = normal_form(kind, stripped, region=region)
    if form is None:
        return None, MALFORMED
    if form in ours or (form != stripped and says_nothing(kind, form)):
        return None, NOTHING
    return form, 0


def _plain_forms(kind: str, values: Any, *, region: str) -> tuple[Any, Any]:
    """Return the normal form of every value that needs no thought, and which those are."""
    if kind == "phone":
        return values, _is_plain_mobile(values, region)
    if kind == "email":
        small = pc.ascii_lower(values)
        fine = pc.and_not(
            pc.match_substring_regex(small, _MAILBOX),
            pc.match_substring_regex(small, _NOBODYS_MAILBOX),
        )
        return small, fine.to_numpy(zero_copy_only=False)
    mixed = pc.and_(
        pc.match_substring_regex(values, _CODE),
        pc.and_(
            pc.match_substring_regex(values, _LETTER), pc.match_substring_regex(values, _DIGIT)
        ),
    )
    number = pc.and_not(
        pc.match_substring_regex(values, _NUMBER),
        pc.match_substring_regex(values, f"^(?:{_ONE_DIGIT})$"),
    )
    forms = pc.ascii_upper(values) if kind in {"card_no", "pos_id"} else values
    return forms, pc.or_(mixed, number).to_numpy(zero_copy_only=False)


def _is_plain_mobile(values: Any, region: str) -> Any:
    """Which values are a mobile number of the region in E.164, not one digit over and over."""
    metadata = PhoneMetadata.metadata_for_region(region)
    pattern = metadata.mobile.national_number_pattern if metadata and metadata.mobile else None
    if metadata is None or pattern is None:
        return np.zeros(len(values), dtype=np.bool_)
    fine = pc.and_not(
        pc.match_substring_regex(values, rf"^\+{metadata.country_code}(?:{pattern})$"),
        pc.match_substring_regex(values, f"(?:{_REPEATED})$"),
    )
    return fine.to_numpy(zero_copy_only=False)


def _forms_of(kind: str, values: Iterable[str], *, region: str) -> frozenset[str]:
    """Return the normal forms of the brand's own phones, mailboxes and house cards."""
    forms = {normal_form(kind, value, region=region) for value in values}
    return frozenset(form for form in forms if form is not None)
