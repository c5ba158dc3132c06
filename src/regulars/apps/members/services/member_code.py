"""The code a member shows in any channel: it names one member for a minute, and nobody after.

``R`` + member id + time step + signature, as capital letters and digits only, so that it fits a
QR code's alphanumeric mode and a Code 128 barcode. The signature is HMAC-SHA256 under a key of
its own, cut to 80 bits.
"""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime

from django.conf import settings

from regulars.apps.members.models import Member
from regulars.apps.members.services.standing import canonical
from regulars.apps.members.types import MemberState
from regulars.base.errors import IdentityError
from regulars.base.ids import ALPHABET

STEP_SECONDS = 60
# A code made at the end of a step still works in the next one: the till needs time to scan it.
STEPS_ACCEPTED = 2

_PREFIX = "R"
_ID_LETTERS = 16
_STEP_LETTERS = 6
_SIGNATURE_LETTERS = 16


def member_code(member_id: str, *, at: datetime) -> str:
    """Return the member's code at the moment ``at`` (aware).

    Raises ``IdentityError`` unless the member is active.
    """
    if not Member.objects.filter(pk=member_id, state=MemberState.ACTIVE).exists():
        raise IdentityError("only an active member has a code", where=member_id)
    step = int(at.timestamp()) // STEP_SECONDS
    body = member_id.removeprefix("m") + _in_letters(step, _STEP_LETTERS)
    return _PREFIX + (body + _signature(body)).upper()


def member_of_code(code: str, *, at: datetime) -> str:
    """Return the member whom the code names at the moment ``at``, after merges too.

    Raises ``IdentityError`` for a code that is malformed, forged, expired or of nobody; the
    reason is not told apart, because the answer may reach whoever forged it.
    """
    text = code.strip().upper()
    length = len(_PREFIX) + _ID_LETTERS + _STEP_LETTERS + _SIGNATURE_LETTERS
    body = text[len(_PREFIX) : -_SIGNATURE_LETTERS].lower()
    signature = text[-_SIGNATURE_LETTERS:].lower()
    if len(text) != length or not text.startswith(_PREFIX) or not set(body) <= set(ALPHABET):
        raise _no_member()
    if not hmac.compare_digest(_signature(body).encode(), signature.encode()):
        raise _no_member()
    step = int(at.timestamp()) // STEP_SECONDS
    age = step - _number(body[_ID_LETTERS:])
    if not 0 <= age < STEPS_ACCEPTED:
        raise _no_member()
    member_id = "m" + body[:_ID_LETTERS]
    standing = canonical([member_id])[member_id]
    if not Member.objects.filter(pk=standing, state=MemberState.ACTIVE).exists():
        raise _no_member()
    return standing


def _signature(body: str) -> str:
    key = hashlib.sha256(f"regulars member code {settings.SECRET_KEY}".encode()).digest()
    digest = hmac.digest(key, body.encode(), "sha256")
    return _in_letters(int.from_bytes(digest[:10]), _SIGNATURE_LETTERS)


def _in_letters(number: int, letters: int) -> str:
    return "".join(ALPHABET[(number >> (5 * place)) & 31] for place in reversed(range(letters)))


def _number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 32 + ALPHABET.index(letter)
    return number


def _no_member() -> IdentityError:
    return IdentityError("this code names nobody now", where="member code", fix="Show a fresh code")
