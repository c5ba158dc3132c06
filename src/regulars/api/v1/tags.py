"""Tags: their definitions, those of a member, and what other systems say of members."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.http import HttpResponse
from ninja import Router

from regulars.api.answers.encoding import encoded
from regulars.api.answers.tags import tag_as_told
from regulars.api.door.bearer import BearerKey
from regulars.api.types import ApiScope
from regulars.api.v1.once import once
from regulars.api.v1.route import IdempotencyParam, answer, caller_of
from regulars.api.v1.schemas.shapes import MemberId
from regulars.api.v1.schemas.tags import ImportedTags, ImportReceipt, MemberTags, Tags
from regulars.apps.accounts.queries import scoped
from regulars.apps.tags import types
from regulars.apps.tags.queries import member_tags, tags
from regulars.apps.tags.services import import_tags as take_in
from regulars.lake import Lake

if TYPE_CHECKING:
    from django.http import HttpRequest

READ = BearerKey(ApiScope.TAGS_READ)
router = Router(tags=["tags"])


@router.get("/tags", response=Tags, auth=READ, operation_id="list_tags")
def list_tags(request: HttpRequest) -> HttpResponse:
    """Return every tag: what it means, how it comes about, and how many members have it.

    The numbers are of the whole brand, so only a key of headquarters is told them.
    """
    whole = caller_of(request).data_scope.is_hq
    return answer(encoded({"items": [_told(tag, tag.state if whole else None) for tag in tags()]}))


@router.get(
    "/members/{member_id}/tags", response=MemberTags, auth=READ, operation_id="list_member_tags"
)
def list_member_tags(request: HttpRequest, member_id: MemberId) -> HttpResponse:
    """Return the tags the member has, with source and date; 404 outside the key's data scope."""
    catalogue = {tag.code: tag for tag in tags()}
    with Lake(settings.REGULARS_LAKE).snapshot() as snapshot:
        lake = scoped(snapshot, caller_of(request).data_scope)
        held = member_tags(lake, member_id, catalogue.values())
    return answer(encoded({"items": [tag_as_told(catalogue[one.code], one) for one in held]}))


@router.post(
    "/tags/import",
    response=ImportReceipt,
    auth=BearerKey(ApiScope.TAGS_WRITE),
    operation_id="import_tags",
)
def import_tags(
    request: HttpRequest, sent: ImportedTags, idempotency_key: IdempotencyParam = None
) -> HttpResponse:
    """Give members what a system says of them, with the provenance ``external:<system>``.

    Only tags made by import. A row of another tag, of a value it does not have, or of a member
    outside the key's data scope is refused; all others are given at once. They are seen after the
    next refresh of the tags.
    """
    caller = caller_of(request)

    def write() -> HttpResponse:
        report = take_in(
            Lake(settings.REGULARS_LAKE),
            [(row.member_id, row.tag, row.value or "") for row in sent.rows],
            system=sent.system,
            scope=caller.data_scope,
            by=caller.name,
        )
        refused = [{"row": number, "detail": why} for number, why in report.refused]
        return answer(encoded({"given": report.given, "refused": refused}))

    return once(request, idempotency_key, write)


def _told(tag: types.Tag, counted: types.TagState | None) -> dict[str, Any]:
    one, state = tag.definition, tag.state
    return {
        "code": one.code,
        "category": list(tag.path),
        "name_zh": one.name_zh,
        "name_en": one.name_en,
        "definition_zh": one.definition_zh or None,
        "definition_en": one.definition_en or None,
        "source": one.source,
        "owner": one.owner,
        "version": tag.version,
        "update_days": one.update_days or 0,
        "made_by": str(one.made_by),
        "value_type": str(one.value_type),
        "volatility": str(one.volatility),
        "origin": str(one.origin),
        "derivation": str(one.derivation),
        "values": [
            {"code": value.code, "name_zh": value.name_zh, "name_en": value.name_en}
            for value in one.values
        ],
        "as_of": state.as_of if state else None,
        "members": counted.members if counted else None,
        "everybody": counted.everybody if counted else None,
    }
