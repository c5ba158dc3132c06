"""Members written: created, changed, and their identifiers revealed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpResponse

from regulars.api.answers.encoding import encoded
from regulars.api.answers.members import members
from regulars.api.door.bearer import BearerKey
from regulars.api.types import ApiScope
from regulars.api.v1.members import entry_of, router
from regulars.api.v1.once import once
from regulars.api.v1.places import demand_home
from regulars.api.v1.route import IdempotencyParam, answer, caller_of
from regulars.api.v1.schemas.members import (
    ChangedMember,
    NewMember,
    RevealedIdentifiers,
    WrittenMember,
)
from regulars.api.v1.schemas.shapes import MemberId
from regulars.apps.accounts.queries import client_ip
from regulars.apps.members import types
from regulars.apps.members.services.registering import create_member as register
from regulars.apps.members.services.registering import update_member as change
from regulars.apps.members.services.reveal import reveal_for_system

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.http import HttpRequest

    from regulars.api.v1.schemas.members import Claim

WRITE = BearerKey(ApiScope.MEMBERS_WRITE)


@router.post("/members", response={201: WrittenMember}, auth=WRITE, operation_id="create_member")
def create_member(
    request: HttpRequest, new: NewMember, idempotency_key: IdempotencyParam = None
) -> HttpResponse:
    """Register a person. 409 when an identifier belongs to a member already: find them by it.

    A key of a part of the brand registers members at home there. The member can be read a moment
    later, at the address in Location.
    """
    caller = caller_of(request)
    demand_home(caller.data_scope, store_id=new.home_store_id, guide_id=new.guide_id)

    def write() -> HttpResponse:
        record = register(
            types.NewMember(
                identifiers=_claims(new.identifiers),
                name=new.name,
                gender=new.gender or "",
                birth_date=new.birth_date,
                joined_at=new.joined_at,
                joined_channel=new.joined_channel or "",
                home_store_id=new.home_store_id,
                guide_id=new.guide_id,
            ),
            source=caller.source,
            by=caller.name,
        )
        place = f"/api/v1/members/{record.member_id}"
        return answer(_written(record), status=201, location=place)

    return once(request, idempotency_key, write)


@router.patch(
    "/members/{member_id}", response=WrittenMember, auth=WRITE, operation_id="update_member"
)
def update_member(
    request: HttpRequest,
    member_id: MemberId,
    changed: ChangedMember,
    idempotency_key: IdempotencyParam = None,
) -> HttpResponse:
    """Change a member; 409 when an identifier belongs to another one."""
    caller = caller_of(request)
    entry_of(members, caller, member_id)
    if changed.home_store_id is not None or changed.guide_id is not None:
        scope = caller.data_scope
        moves = changed.guide_id if scope.kind == "guide" else changed.home_store_id
        if moves is not None:
            demand_home(
                scope, store_id=changed.home_store_id or "", guide_id=changed.guide_id or ""
            )

    def write() -> HttpResponse:
        said = types.MemberChange(
            identifiers=_claims(changed.identifiers),
            name=changed.name,
            gender=changed.gender,
            birth_date=changed.birth_date,
            home_store_id=changed.home_store_id,
            guide_id=changed.guide_id,
        )
        return answer(_written(change(member_id, said, source=caller.source, by=caller.name)))

    return once(request, idempotency_key, write)


@router.post(
    "/members/{member_id}/reveal",
    response=RevealedIdentifiers,
    auth=BearerKey(ApiScope.MEMBERS_REVEAL),
    operation_id="reveal_member",
)
def reveal_member(request: HttpRequest, member_id: MemberId) -> HttpResponse:
    """Return the member's identifiers in the clear; the audit trail says which key read whose."""
    caller = caller_of(request)
    entry_of(members, caller, member_id)
    found = reveal_for_system(member_id, by=caller.name, ip=client_ip(request))
    return answer(encoded({"items": [{"kind": kind, "value": value} for kind, value in found]}))


def _claims(claims: Iterable[Claim]) -> tuple[types.IdentifierClaim, ...]:
    return tuple(types.IdentifierClaim(one.kind, one.value, one.verified) for one in claims)


def _written(record: types.MemberRecord) -> bytes:
    return encoded(
        {
            "member_id": record.member_id,
            "home_store_id": record.home_store_id or None,
            "guide_id": record.guide_id or None,
            "joined_at": record.joined_at,
            "joined_channel": record.joined_channel or None,
        }
    )
