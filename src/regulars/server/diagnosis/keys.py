"""Can everything that is sealed be opened?"""

from __future__ import annotations

from collections.abc import Iterator

from regulars.apps.accounts.services import vault
from regulars.apps.members.queries import sealed_keys
from regulars.base.errors import VaultError
from regulars.server.diagnosis.finding import Finding, failed, fine


def keys() -> Iterator[Finding]:
    """Look at the vault's keys, and open a sample of what each of them closed."""
    known = vault.check()
    yield fine("vault", f"{len(known)} sealing keys at hand, {vault.active_key_id()} is active")
    for key in sealed_keys():
        part = f"key {key.key_id}"
        try:
            for kind, sealed in key.sample.items():
                vault.unseal_many(sealed, kind)
        except VaultError as error:
            yield failed(part, f"{key.count:,} identifiers: {error.what}", fix=error.fix)
        else:
            opened = sum(len(sealed) for sealed in key.sample.values())
            yield fine(part, f"{key.count:,} identifiers, a sample of {opened:,} opened")
