"""After a new vault key: identifiers and names move over to it, so that the old one can retire."""

from __future__ import annotations

from django.db import transaction as ledger

from regulars.apps.accounts.services import vault
from regulars.apps.accounts.types import Sealed
from regulars.apps.members.models import Declared, Identifier
from regulars.apps.members.rules.kinds import KIND_ORDER
from regulars.apps.members.services.registering import NAME_PURPOSE

_BATCH = 2_000


def reseal_identifiers() -> int:
    """Seal every identifier under an older key again with the active one; return how many.

    Works in batches that are committed one by one: what was done before an interruption stays.
    """
    count = 0
    active = vault.active_key_id()
    for kind in KIND_ORDER:
        old = Identifier.objects.filter(kind=kind).exclude(key_id=active).order_by("pk")
        for _batch in range(-(-old.count() // _BATCH)):
            with ledger.atomic():
                rows = list(old.only("key_id", "ciphertext")[:_BATCH])
                held = [Sealed(row.key_id, bytes(row.ciphertext)) for row in rows]
                for row, sealed in zip(rows, vault.reseal_many(held, kind), strict=True):
                    row.key_id, row.ciphertext = sealed.key_id, sealed.ciphertext
                Identifier.objects.bulk_update(rows, ["key_id", "ciphertext"], batch_size=300)
            count += len(rows)
    return count


def reseal_names() -> int:
    """Seal every name under an older key again with the active one; return how many."""
    count = 0
    old = Declared.objects.filter(name_ciphertext__isnull=False).exclude(
        name_key_id=vault.active_key_id()
    )
    for _batch in range(-(-old.count() // _BATCH)):
        with ledger.atomic():
            rows = list(old.order_by("pk").select_for_update()[:_BATCH])
            held = [Sealed(row.name_key_id, bytes(row.name_ciphertext or b"")) for row in rows]
            for row, sealed in zip(rows, vault.reseal_many(held, NAME_PURPOSE), strict=True):
                row.name_key_id, row.name_ciphertext = sealed.key_id, sealed.ciphertext
            Declared.objects.bulk_update(rows, ["name_key_id", "name_ciphertext"], batch_size=300)
        count += len(rows)
    return count
