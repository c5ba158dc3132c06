"""Random ids: safe to show, impossible to guess, without meaning."""

from __future__ import annotations

import secrets

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's base 32: no i, l, o, u
_BITS_PER_LETTER = 5


def new_id(prefix: str, *, letters: int = 16) -> str:
    """Return ``prefix`` and ``letters`` random letters of five bits each.

    >>> len(new_id("m")), new_id("m")[0]
    (17, 'm')
    """
    bits = secrets.randbits(letters * _BITS_PER_LETTER)
    shifts = range(0, letters * _BITS_PER_LETTER, _BITS_PER_LETTER)
    return prefix + "".join(ALPHABET[(bits >> shift) & 31] for shift in shifts)


def new_member_id() -> str:
    """Return a member id: ``m`` and 80 random bits, one for life.

    >>> new_member_id() == new_member_id()
    False
    """
    return new_id("m")
