"""How a user name is stored and counted."""

from __future__ import annotations

import unicodedata

from django.utils.crypto import salted_hmac


def normal_username(username: str) -> str:
    """Return the stored form of a user name: NFKC, lower case, no blanks around it.

    >>> normal_username(" Ｌin ")
    'lin'
    """
    return unicodedata.normalize("NFKC", username).strip().lower()


def name_key(username: str) -> str:
    """Return the keyed hash under which the wrong passwords for a name are counted.

    The name itself is not stored: people type their password into that field by mistake.
    """
    return salted_hmac(
        "accounts.sign_in", normal_username(username), algorithm="sha256"
    ).hexdigest()
