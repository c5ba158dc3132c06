"""The vault: seals direct identifiers, opens them again, and hashes them for look-up.

Sealing is AES-256-GCM with a random 96-bit nonce; the purpose is bound as associated data, so a
phone cannot be opened as a name. Each sealed value carries the id of its key: after ``add_key``
new values use the new key, old keys still open old values, and ``reseal`` moves them over. One
key should seal fewer than 2**32 values (NIST SP 800-38D, 8.3). The look-up key (HMAC-SHA256) is
separate and has no rotation: another key would silently find nobody.

Keys come from REGULARS_VAULT_KEYS (or the file REGULARS_VAULT_KEYS_FILE names), else from
``$REGULARS_HOME/secrets/vault.json``, made on first use. The ledger remembers which keys its
values depend on, so a lost or exchanged key file is an error and never a fresh start.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from collections.abc import Callable, Iterable
from functools import lru_cache
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.db import transaction

from regulars.apps.accounts.models import VaultKey
from regulars.apps.accounts.services import audit, vault_keys
from regulars.apps.accounts.services.vault_keys import KeyRing
from regulars.apps.accounts.types import Action, Actor, Sealed
from regulars.base import environment
from regulars.base.errors import VaultError

_NONCE_BYTES = 12
_BLOCK_BYTES = 64
_ENVIRONMENT = "REGULARS_VAULT_KEYS"


def seal(plaintext: str, purpose: str) -> Sealed:
    """Seal one value for one purpose (``phone``, ``name`` …)."""
    return seal_many([plaintext], purpose)[0]


def seal_many(plaintexts: Iterable[str], purpose: str) -> list[Sealed]:
    """Seal values of one purpose, in order."""
    opened = _opened()
    values = list(plaintexts)
    cipher, key_id = opened.ciphers[opened.ring.active], opened.ring.active
    bound = _bound(purpose)
    nonces = os.urandom(_NONCE_BYTES * len(values))
    sealed = []
    for position, value in enumerate(values):
        nonce = nonces[position * _NONCE_BYTES : (position + 1) * _NONCE_BYTES]
        sealed.append(Sealed(key_id, nonce + cipher.encrypt(nonce, value.encode(), bound)))
    return sealed


def unseal(sealed: Sealed, purpose: str) -> str:
    """Open one value; raise ``VaultError`` for a missing key, another purpose or changed bytes."""
    return unseal_many([sealed], purpose)[0]


def unseal_many(sealed_values: Iterable[Sealed], purpose: str) -> list[str]:
    """Open values of one purpose, in order; raises as ``unseal`` does."""
    opened = _opened()
    bound = _bound(purpose)
    plaintexts = []
    for sealed in sealed_values:
        cipher = opened.ciphers.get(sealed.key_id)
        if cipher is None:
            raise VaultError(
                f"the key {sealed.key_id!r} that closed a {purpose} is not among the vault's keys",
                where=opened.place,
                fix="Restore that key from a backup of the secrets",
            )
        # psycopg and sqlite3 hand out memoryview or bytes.
        raw = bytes(sealed.ciphertext)
        try:
            plain = cipher.decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], bound)
        except (InvalidTag, ValueError) as error:
            raise VaultError(
                f"a sealed {purpose} was changed, or was sealed for another purpose",
                where=f"key {sealed.key_id}",
                fix="Restore the value from a backup",
            ) from error
        plaintexts.append(plain.decode())
    return plaintexts


def reseal_many(sealed_values: Iterable[Sealed], purpose: str) -> list[Sealed]:
    """Close values again under the active key; those under it already come back as they are."""
    held = list(sealed_values)
    active = active_key_id()
    old = [position for position, sealed in enumerate(held) if sealed.key_id != active]
    fresh = seal_many(unseal_many([held[position] for position in old], purpose), purpose)
    for position, sealed in zip(old, fresh, strict=True):
        held[position] = sealed
    return held


def keyed_hash(value: str, purpose: str) -> str:
    """Return the hash (64 hex digits) under which a value is looked up."""
    return keyed_hash_many([value], purpose)[0]


def keyed_hash_many(values: Iterable[str], purpose: str) -> list[str]:
    """Hash values of one purpose for look-up, in order."""
    return [digest.hex() for digest in keyed_digests(values, purpose)]


def keyed_digests(values: Iterable[str], purpose: str) -> list[bytes]:
    """Hash values of one purpose for look-up, in order, as 32 bytes each."""
    return digester(purpose)(values)


def digester(purpose: str) -> Callable[[Iterable[str]], list[bytes]]:
    """Return ``keyed_digests`` of one purpose with the key at hand: it may go to other threads.

    HMAC-SHA256 as RFC 2104 has it. Both hashes begin with the same block for every value, so they
    are begun once and copied: a million values take half the time of a million calls of ``hmac``.
    """
    key = _opened().ring.look_up.ljust(_BLOCK_BYTES, b"\0")
    begun = hashlib.sha256(bytes(byte ^ 0x36 for byte in key) + _bound(purpose)).copy
    ended = hashlib.sha256(bytes(byte ^ 0x5C for byte in key)).copy

    def digests(values: Iterable[str]) -> list[bytes]:
        made = []
        for value in values:
            inner, outer = begun(), ended()
            inner.update(value.encode())
            outer.update(inner.digest())
            made.append(outer.digest())
        return made

    return digests


def active_key_id() -> str:
    """Return the id of the key that seals new values."""
    return _opened().ring.active


def check() -> tuple[str, ...]:
    """Return the ids of the keys the ledger depends on; raise ``VaultError`` if one is missing."""
    _open.cache_clear()
    ring = _opened().ring
    known = VaultKey.objects.filter(use=VaultKey.Use.SEAL).values_list("key_id", flat=True)
    missing = sorted(set(known) - set(ring.seal))
    if missing:
        raise VaultError(
            f"the vault's keys lack {', '.join(missing)}",
            where=_place(),
            fix="Restore them from a backup of the secrets: values they sealed cannot be opened",
        )
    return tuple(sorted(known))


def add_key(actor: Actor | None = None) -> str:
    """Add a key that seals from now on, keep the old ones, and return the new key's id.

    Processes already running go on with the key they know until they start again; both open.
    """
    if _from_environment():
        raise VaultError(
            f"the vault's keys come from {_ENVIRONMENT}, which cannot be written from here",
            fix=f"Add a key under seal, name it in active, and start again with the new "
            f"{_ENVIRONMENT}",
        )
    _opened()
    ring = vault_keys.add_to_file(_path())
    _open.cache_clear()
    with transaction.atomic():
        _opened()
        audit.record(actor, Action.ROTATE_KEY, object_kind="vault", object_id=ring.active)
    return ring.active


class _OpenVault:
    """The keys at hand, ready to use."""

    def __init__(self, ring: KeyRing, place: str) -> None:
        self.ring = ring
        self.place = place
        self.ciphers = {key_id: AESGCM(key) for key_id, key in ring.seal.items()}


def _opened() -> _OpenVault:
    return _open(_path(), environment.text(_ENVIRONMENT, ""))


@lru_cache(maxsize=4)
def _open(path: Path, given: str) -> _OpenVault:
    place = _ENVIRONMENT if given else str(path)
    known = {held.key_id: held for held in VaultKey.objects.all()}
    if given:
        ring = vault_keys.parsed(given, place)
    elif known and not path.exists():
        raise VaultError(
            "the vault's key file is gone, and the ledger holds values it sealed",
            where=place,
            fix="Restore the file from a backup of the secrets",
        )
    else:
        ring = vault_keys.from_file(path)
    _confirm(ring, known, place)
    return _OpenVault(ring, place)


def _confirm(ring: KeyRing, known: dict[str, VaultKey], place: str) -> None:
    """Compare the keys with those the ledger depends on, and remember the new ones."""
    checks = {key_id: (VaultKey.Use.SEAL, _check_value(key)) for key_id, key in ring.seal.items()}
    checks["look_up"] = (VaultKey.Use.LOOK_UP, _check_value(ring.look_up))
    for key_id, (_use, value) in checks.items():
        if key_id in known and known[key_id].check_value != value:
            raise VaultError(
                f"the key {key_id!r} is not the one the ledger's values were made with",
                where=place,
                fix="Restore the keys that belong to this ledger",
            )
    VaultKey.objects.bulk_create(
        [
            VaultKey(key_id=key_id, use=use, check_value=value)
            for key_id, (use, value) in checks.items()
            if key_id not in known
        ],
        ignore_conflicts=True,
    )


def _check_value(key: bytes) -> str:
    return hmac.new(key, b"regulars vault key check", hashlib.sha256).hexdigest()[:32]


def _bound(purpose: str) -> bytes:
    if not purpose:
        raise VaultError("a sealed value needs a purpose", fix="Name its kind, such as phone")
    return f"regulars/1/{purpose}\0".encode()


def _path() -> Path:
    return Path(settings.REGULARS_HOME) / "secrets" / "vault.json"


def _place() -> str:
    return _ENVIRONMENT if _from_environment() else str(_path())


def _from_environment() -> bool:
    return bool(environment.text(_ENVIRONMENT, ""))
