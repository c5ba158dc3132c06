"""When the same facts would give other features."""

from __future__ import annotations

import hashlib
from dataclasses import asdict, is_dataclass


def fingerprint(name: str, options: object, *, version: int) -> str:
    """Return 16 hex digits of a producer's name, its options and the version of its code.

    Raise ``version`` when the code changes what comes out: the next refresh is then a full one.
    ``options`` is a dataclass of plain values.
    """
    if not is_dataclass(options) or isinstance(options, type):
        raise TypeError(f"options must be a dataclass instance, not {options!r}")
    text = f"{name} {version} {sorted(asdict(options).items())!r}"
    return hashlib.sha256(text.encode()).hexdigest()[:16]
