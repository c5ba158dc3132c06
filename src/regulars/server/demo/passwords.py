"""Demo passwords: made at random for each installation, kept beside its other secrets."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable
from pathlib import Path

from regulars.base.secret_files import kept_secret

# Words that are easy to read aloud and type on a phone.
_WORDS = (
    "amber apple birch bread brook cedar cherry cloud clover coral daisy fern field garden ginger "
    "harbor hazel honey iris island jade lake lemon lily linen maple meadow melon mint moon olive "
    "orchid peach pearl pine plum pond quince rain reed river rose sage snow spring stone sugar "
    "tea thyme tulip valley violet walnut willow wind"
).split()


def demo_passwords(home: Path, usernames: Iterable[str]) -> dict[str, str]:
    """Return a password per user name: the same on every run of one installation."""

    def made() -> str:
        return json.dumps({username: _password() for username in usernames}, indent=1)

    kept: dict[str, str] = json.loads(kept_secret(home / "secrets" / "demo-accounts.json", made))
    return kept


def _password() -> str:
    words = [secrets.choice(_WORDS) for _ in range(3)]
    return "-".join([*words, f"{secrets.randbelow(9000) + 1000}"])
