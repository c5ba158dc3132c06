"""Open one identifier for one staff user: allowed, in scope, and written down first."""

from __future__ import annotations

from regulars.apps.accounts.queries import ScopedLake, visible_member
from regulars.apps.accounts.services import audit, vault
from regulars.apps.accounts.services.access import require
from regulars.apps.accounts.types import Action, Actor, Capability, Sealed
from regulars.apps.members.models import Identifier
from regulars.base.errors import NotVisibleError


def reveal(actor: Actor, scoped: ScopedLake, *, identifier_id: int) -> str:
    """Return the plain value; the act is in the audit trail before the value is opened.

    Raises ``RefusedError`` for a role that may not, ``NotVisibleError`` for an identifier that
    does not exist or whose member lies outside the scope.
    """
    require(actor, Capability.REVEAL_IDENTIFIER)
    row = Identifier.objects.filter(pk=identifier_id).first()
    if row is None:
        raise NotVisibleError("there is no such member here")
    visible_member(scoped, row.member_id)
    audit.record(
        actor,
        Action.REVEAL,
        object_kind="member",
        object_id=row.member_id,
        detail={"kind": row.kind, "row": row.pk},
    )
    return vault.unseal(Sealed(row.key_id, bytes(row.ciphertext)), row.kind)


def reveal_for_system(member_id: str, *, by: str, ip: str) -> tuple[tuple[str, str], ...]:
    """Return kind and plain value of the member's identifiers, for a system with the right to it.

    The caller has found the member through its data scope; the act is in the audit trail before
    anything is opened.
    """
    rows = list(Identifier.objects.filter(member=member_id).order_by("pk"))
    audit.record(
        None,
        Action.REVEAL,
        object_kind="member",
        object_id=member_id,
        detail={"kinds": sorted({row.kind for row in rows})},
        by=by,
        ip=ip,
    )
    return tuple(
        (row.kind, vault.unseal(Sealed(row.key_id, bytes(row.ciphertext)), row.kind))
        for row in rows
    )
