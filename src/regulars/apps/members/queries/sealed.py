"""What is sealed under which key, for those who watch over the keys."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count

from regulars.apps.accounts.types import Sealed
from regulars.apps.members.models import Identifier

_SAMPLE_PER_KIND = 100


@dataclass(frozen=True, slots=True)
class SealedUnderKey:
    """How many identifiers one vault key closed, and some of them by kind (the purpose)."""

    key_id: str
    count: int
    sample: dict[str, list[Sealed]]


def sealed_keys() -> list[SealedUnderKey]:
    """Return every key that closed an identifier, with its newest ones of each kind."""
    counted: dict[str, dict[str, int]] = {}
    rows = Identifier.objects.order_by().values_list("key_id", "kind").annotate(Count("pk"))
    for key_id, kind, count in rows:
        counted.setdefault(key_id, {})[kind] = count
    return [
        SealedUnderKey(
            key_id, sum(kinds.values()), {kind: _sample(key_id, kind) for kind in sorted(kinds)}
        )
        for key_id, kinds in sorted(counted.items())
    ]


def _sample(key_id: str, kind: str) -> list[Sealed]:
    rows = Identifier.objects.filter(key_id=key_id, kind=kind).order_by("-pk")
    newest = rows.values_list("ciphertext", flat=True)[:_SAMPLE_PER_KIND]
    return [Sealed(key_id, bytes(ciphertext)) for ciphertext in newest]
