"""The vault's keys as text: read, made once, added to.

The text is JSON: ``{"active": "k…", "seal": {"k…": 32 bytes in base64}, "look_up": 32 bytes}``.
"""

from __future__ import annotations

import base64
import binascii
import fcntl
import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from regulars.base.errors import VaultError
from regulars.base.ids import new_id
from regulars.base.secret_files import kept_secret

_KEY_BYTES = 32


@dataclass(frozen=True, slots=True, repr=False)
class KeyRing:
    """The keys at hand; never printed."""

    active: str
    seal: dict[str, bytes]
    look_up: bytes


def from_file(path: Path) -> KeyRing:
    """Read the key file; make it (mode 0600) if there is none. The first of two makers wins."""
    return parsed(kept_secret(path, _new_keys), str(path))


def add_to_file(path: Path) -> KeyRing:
    """Add a sealing key to the file and make it the active one; writers take turns."""
    with (path.parent / ".vault.lock").open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        text = path.read_text(encoding="utf-8")
        parsed(text, str(path))
        keys = json.loads(text)
        key_id = _new_key_id()
        keys["seal"][key_id] = _new_key()
        keys["active"] = key_id
        _replace(path, json.dumps(keys, indent=1))
    return from_file(path)


def parsed(text: str, place: str) -> KeyRing:
    """Return the keys in the text; raise ``VaultError`` naming the place if they make no sense."""
    try:
        keys = json.loads(text)
        ring = KeyRing(
            active=str(keys["active"]),
            seal={str(key_id): _bytes(key) for key_id, key in keys["seal"].items()},
            look_up=_bytes(keys["look_up"]),
        )
    except (ValueError, KeyError, TypeError, AttributeError, binascii.Error):
        raise VaultError(
            "the vault's keys cannot be read",
            where=place,
            fix='Expected JSON with "active", "seal" and "look_up", keys of 32 bytes in base64',
        ) from None  # the cause would carry the keys into a log
    if ring.active not in ring.seal:
        raise VaultError(f"the active key {ring.active!r} is not under seal", where=place)
    return ring


def _bytes(text: str) -> bytes:
    key = base64.b64decode(text, validate=True)
    if len(key) != _KEY_BYTES:
        raise ValueError(len(key))
    return key


def _new_keys() -> str:
    key_id = _new_key_id()
    return json.dumps(
        {"active": key_id, "seal": {key_id: _new_key()}, "look_up": _new_key()}, indent=1
    )


def _new_key_id() -> str:
    return new_id("k", letters=8)


def _new_key() -> str:
    return base64.b64encode(secrets.token_bytes(_KEY_BYTES)).decode()


def _replace(path: Path, text: str) -> None:
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
