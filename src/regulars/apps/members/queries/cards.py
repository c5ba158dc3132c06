"""A member as other systems see them, in two statements: the API asks this with every request.

Written as SQL, because putting the statements together would take longer than running them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import connection

from regulars.apps.accounts.services import vault
from regulars.apps.accounts.types import Sealed
from regulars.apps.members.rules.kinds import KIND_ORDER
from regulars.apps.members.rules.masks import masked, masked_name
from regulars.apps.members.services.registering import NAME_PURPOSE
from regulars.apps.members.types import MemberState

_IDENTIFIERS = """
SELECT i.kind, i.ciphertext, i.key_id, i.verified, i.exclusive, i.id
FROM members_member m LEFT JOIN members_identifier i ON i.member_id = m.member_id
WHERE m.member_id = %s AND m.state = %s
"""
# Whoever was merged into the member may have said the name.
_NAME = """
WITH RECURSIVE persons(member_id) AS (
    SELECT CAST(%s AS varchar(32))
    UNION
    SELECT m.member_id FROM members_member m JOIN persons p ON m.merged_into_id = p.member_id
)
SELECT d.name_key_id, d.name_ciphertext
FROM members_declared d JOIN persons p ON d.member_id = p.member_id
WHERE d.name_ciphertext IS NOT NULL ORDER BY d.changed_at DESC, d.member_id LIMIT 1
"""
_CARRIERS = {
    True: 'SELECT kind, key_hash, member_id FROM members_identifier WHERE "exclusive"',
    False: 'SELECT kind, key_hash, member_id FROM members_identifier WHERE NOT "exclusive"',
}


@dataclass(frozen=True, slots=True)
class CardIdentifier:
    """An identifier, masked. ``owned``: nobody else has it."""

    kind: str
    masked: str
    verified: bool
    owned: bool


@dataclass(frozen=True, slots=True)
class MemberCard:
    """An active member's identifiers, strongest kind first, and name, masked; '' is unknown."""

    name_masked: str
    identifiers: tuple[CardIdentifier, ...]


def member_card(member_id: str) -> MemberCard | None:
    """Return the card of an active member; None for any other id. Not cut to a scope."""
    with connection.cursor() as cursor:
        cursor.execute(_IDENTIFIERS, [member_id, MemberState.ACTIVE.value])
        rows = cursor.fetchall()
        if not rows:
            return None
        cursor.execute(_NAME, [member_id])
        named = cursor.fetchone()
    held = [row for row in rows if row[0] is not None]
    held.sort(key=lambda row: (KIND_ORDER.index(row[0]), not row[4], row[5]))
    name = ""
    if named is not None:
        name = masked_name(vault.unseal(Sealed(named[0], bytes(named[1])), NAME_PURPOSE))
    return MemberCard(name, tuple(_identifier(*row[:5]) for row in held))


def carriers(hashes: list[bytes], *, exclusive: bool, limit: int) -> list[tuple[str, bytes, str]]:
    """Return kind, hash and member of the identifiers with one of the hashes, the oldest first."""
    places = ", ".join(["%s"] * len(hashes))
    statement = (
        f"{_CARRIERS[exclusive]} AND key_hash IN ({places}) ORDER BY first_seen_at, id LIMIT %s"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [*hashes, limit])
        return [(kind, bytes(key_hash), member) for kind, key_hash, member in cursor.fetchall()]


def _identifier(
    kind: str, ciphertext: Any, key_id: str, verified: object, exclusive: object
) -> CardIdentifier:
    plain = vault.unseal(Sealed(key_id, bytes(ciphertext)), kind)
    return CardIdentifier(kind, masked(kind, plain), bool(verified), bool(exclusive))
