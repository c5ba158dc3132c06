"""Members: found by an identifier, read, and their history. Writes: ``member_writes``."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from django.http import HttpResponse
from ninja import Router

from regulars.api.answers.encoding import encoded
from regulars.api.answers.members import Orders, members, orders, orders_after
from regulars.api.answers.pages import page
from regulars.api.answers.people import People
from regulars.api.answers.profiles import profile_of
from regulars.api.door.bearer import BearerKey, Caller
from regulars.api.door.cursors import key_of
from regulars.api.door.problems import Problem
from regulars.api.types import ApiScope
from regulars.api.v1.route import CursorParam, LimitParam, answer, caller_of
from regulars.api.v1.schemas.members import FindMember, FoundMembers, Member
from regulars.api.v1.schemas.orders import OrderPage
from regulars.api.v1.schemas.profiles import Profile
from regulars.api.v1.schemas.shapes import MemberId
from regulars.apps.members.queries import MemberCard, carriers_of, member_card

if TYPE_CHECKING:
    from django.http import HttpRequest


READ = BearerKey(ApiScope.MEMBERS_READ)
# Reads and writes of one address must stand on one router, or its methods would not be known.
router = Router(tags=["members"])
Entry = TypeVar("Entry", bytes, Orders)


@router.post("/members/find", response=FoundMembers, auth=READ, operation_id="find_members")
def find_members(request: HttpRequest, wanted: FindMember) -> HttpResponse:
    """Find members by an identifier: a POST, so that no phone number stands in an address or log.

    Empty when nobody in the key's data scope carries it.
    """
    scope = caller_of(request).data_scope
    kinds = (wanted.kind,) if wanted.kind else ()
    found = [
        {"member_id": member_id}
        for member_id in carriers_of(wanted.value, kinds=kinds)
        if members.of(scope, member_id) is not None
    ]
    return answer(encoded({"items": found}))


@router.get("/members/{member_id}", response=Member, auth=READ, operation_id="get_member")
def get_member(request: HttpRequest, member_id: MemberId) -> HttpResponse:
    """Return one member, identifiers and name masked."""
    head = entry_of(members, caller_of(request), member_id)
    known = member_card(member_id)
    if known is None:
        # Erased a moment ago: the ledger knows first.
        raise Problem("not-found")
    return answer(head + b"," + encoded(_from_ledger(known))[1:])


@router.get("/members/{member_id}/profile", response=Profile, auth=READ, operation_id="get_profile")
def get_profile(request: HttpRequest, member_id: MemberId) -> HttpResponse:
    """Return all that is known of the member: attributes, traits, whole life, timeline.

    Every value says where it is from and when it was said or computed. Tags are told to a key
    that has the scope ``tags:read`` as well.
    """
    caller = caller_of(request)
    with_tags = ApiScope.TAGS_READ in caller.scopes
    found = profile_of(caller.data_scope, member_id, with_tags=with_tags)
    if found is None:
        raise Problem("not-found", "There is no such member here.")
    return answer(found)


@router.get(
    "/members/{member_id}/orders",
    response=OrderPage,
    auth=BearerKey(ApiScope.ORDERS_READ),
    operation_id="list_member_orders",
)
def list_member_orders(
    request: HttpRequest, member_id: MemberId, cursor: CursorParam = None, limit: LimitParam = 50
) -> HttpResponse:
    """Return the member's orders, the newest first, page by page."""
    place = f"orders of {member_id}"
    key = key_of(cursor, place)
    mine = entry_of(orders, caller_of(request), member_id)
    shown, more = orders_after(mine, key, limit)
    return answer(page([one.row for one in shown], place, shown[-1].key if more else None))


def entry_of(store: People[Entry], caller: Caller, member_id: str) -> Entry:
    """Return what is known of the member; raise ``Problem`` 404 outside the key's data scope."""
    found = store.of(caller.data_scope, member_id)
    if found is None:
        raise Problem("not-found", "There is no such member here.")
    return found


def _from_ledger(known: MemberCard) -> dict[str, object]:
    return {
        "name_masked": known.name_masked or None,
        "identifiers": [
            {
                "kind": one.kind,
                "masked": one.masked,
                "verified": one.verified,
                "owned": one.owned,
            }
            for one in known.identifiers
        ],
    }
