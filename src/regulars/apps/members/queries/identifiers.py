"""Identifiers as staff see them, and members found by one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from django.conf import settings
from django.db.models import Min

from regulars.apps.accounts.queries import ScopedLake, visible_members
from regulars.apps.accounts.services import vault
from regulars.apps.accounts.types import Sealed
from regulars.apps.members.models import Identifier
from regulars.apps.members.queries.cards import carriers
from regulars.apps.members.rules.kinds import KIND_ORDER
from regulars.apps.members.rules.masks import masked
from regulars.apps.members.rules.normal_form import normal_form
from regulars.apps.members.services.ledger_rows import chunks
from regulars.apps.members.types import IdentifierKind, MaskedIdentifier

# A shop's tablet is carried by thousands: nobody searches for members by it.
FOUND_MAX = 50
_SEARCHED = tuple(kind for kind in KIND_ORDER if kind != IdentifierKind.DEVICE)


def find_by_identifier(value: str, scoped: ScopedLake) -> list[str]:
    """Return the members in the scope who carry the value as any kind of identifier.

    As ``carriers_of``, cut to the scope; at most ``FOUND_MAX`` members.
    """
    found = carriers_of(value)
    visible = visible_members(scoped, found)
    return [member_id for member_id in found if member_id in visible][:FOUND_MAX]


def carriers_of(value: str, *, kinds: Sequence[str] = ()) -> list[str]:
    """Return the members who carry the value as one of ``kinds``, or of any kind when empty.

    The value is read as every kind it could be, in any spelling, and looked up by its hash. Who
    owns the identifier comes before who only carries it. Not cut to a scope: the caller cuts.
    """
    hashes = defaultdict(list)
    for kind in kinds or _SEARCHED:
        form = normal_form(kind, value, region=settings.REGULARS_BRAND.region)
        if form is not None:
            hashes[kind].append(bytes.fromhex(vault.keyed_hash(form, kind)))
    wanted = [digest for some in hashes.values() for digest in some]
    found: dict[str, bool] = {}
    for exclusive in (True, False) if wanted else ():
        for kind, key_hash, member_id in carriers(wanted, exclusive=exclusive, limit=FOUND_MAX):
            if key_hash in hashes[kind]:
                found.setdefault(member_id, exclusive)
    return list(found)


def identifiers_of(member_ids: Iterable[str]) -> dict[str, tuple[MaskedIdentifier, ...]]:
    """Return each member's identifiers, masked, strongest kind first, in one query.

    Not cut to a scope: pass members that the caller has found through one.
    """
    rows = [
        row
        for chunk in chunks(sorted(set(member_ids)))
        for row in Identifier.objects.filter(member__in=chunk)
    ]
    shown: dict[str, list[MaskedIdentifier]] = defaultdict(list)
    for row in sorted(
        rows, key=lambda row: (KIND_ORDER.index(row.kind), not row.exclusive, row.pk)
    ):
        shown[row.member_id].append(_masked_of(row))
    return {member_id: tuple(some) for member_id, some in shown.items()}


def masked_keys(key_hashes: Iterable[bytes]) -> dict[tuple[str, bytes], str]:
    """Return the masked value of every key that anybody still carries, by kind and hash."""
    wanted = sorted(set(key_hashes))
    rows = [*_some(wanted, exclusive=False), *_some(wanted, exclusive=True)]
    return {(row.kind, bytes(row.key_hash)): _masked_of(row).masked for row in rows}


def _some(key_hashes: list[bytes], *, exclusive: bool) -> list[Identifier]:
    # A key carried by thousands is shown once: its first row of each sort is enough.
    found = Identifier.objects.filter(key_hash__in=key_hashes, exclusive=exclusive)
    firsts = found.order_by().values("kind", "key_hash").annotate(first=Min("pk"))
    return list(Identifier.objects.filter(pk__in=[row["first"] for row in firsts]))


def _masked_of(row: Identifier) -> MaskedIdentifier:
    plain = vault.unseal(Sealed(row.key_id, bytes(row.ciphertext)), row.kind)
    return MaskedIdentifier(
        identifier_id=row.pk,
        member_id=row.member_id,
        kind=IdentifierKind(row.kind),
        masked=masked(row.kind, plain),
        verified=row.verified,
        exclusive=row.exclusive,
        source=row.source,
        first_seen_at=row.first_seen_at,
    )
