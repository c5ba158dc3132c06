"""Tags given by hand: within the actor's data scope, and on the record."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from math import isfinite

import pyarrow as pa
from django.utils import timezone

from regulars.apps.accounts.queries import ScopedLake, scoped
from regulars.apps.accounts.queries.scope import visible_members
from regulars.apps.accounts.services import audit
from regulars.apps.accounts.services.access import require
from regulars.apps.accounts.types import Action, Actor, Capability
from regulars.apps.tags.queries import tag_named
from regulars.apps.tags.types import MadeBy, TagDefinition
from regulars.base.errors import NotVisibleError, RuleError
from regulars.base.ids import new_id
from regulars.lake import Lake
from regulars.lake.contracts import contract

MEMBERS_MAX = 10_000
TABLE = "tag_assignments"
_TEXT_MAX = 200
# Python also reads nan, 1_000 and digits of other scripts; a till that sends them means no number.
_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?")


def assign_tag(
    actor: Actor, lake: Lake, code: str, member_ids: Sequence[str], value: str | None
) -> int:
    """Give the members a value of a tag made by hand, or with None take it away; return how many.

    Raises:
        NotVisibleError: There is no such tag, or a member lies outside the actor's scope: then
            nobody gets anything.
        RefusedError: The actor may not give tags.
        RuleError: The tag is not made by hand, or the value is none of its values.
    """
    require(actor, Capability.ASSIGN_TAGS)
    definition = tag_named(code).definition
    if definition.made_by != MadeBy.HAND:
        raise RuleError("this tag is not given by hand", where=f"tag {code}")
    if value is not None:
        demand_value(definition, value)
    members = sorted(set(member_ids))
    if not 0 < len(members) <= MEMBERS_MAX:
        raise RuleError(f"choose 1 to {MEMBERS_MAX:,} members", where="members")
    with lake.snapshot() as snapshot:
        _demand_visible(scoped(snapshot, actor.scope), members)
    write_assignments(lake, [(member, code, value) for member in members], f"hand:{actor.username}")
    audit.record(
        actor,
        Action.CHANGE,
        object_kind="member_tag",
        object_id=members[0] if len(members) == 1 else "",
        detail={"tag": code, "given": value, "members": len(members)},
    )
    return len(members)


def write_assignments(
    lake: Lake, given: Sequence[tuple[str, str, str | None]], provenance: str
) -> None:
    """Write (member_id, tag, value) as said now by ``provenance``."""
    now: datetime = timezone.now()
    rows = [
        {
            # In the order given: of two for one member and tag the later one holds.
            "assignment_id": f"{number}",
            "member_id": member,
            "tag": tag,
            "value": value,
            "provenance": provenance,
            "assigned_at": now,
        }
        for number, (member, tag, value) in zip(
            (f"{new_id('g')}-{n:08}" for n in range(len(given))), given, strict=True
        )
    ]
    schema = contract(TABLE).arrow_schema
    with lake.transaction(note=f"tags given by {provenance}") as transaction:
        transaction.append(TABLE, pa.Table.from_pylist(rows, schema=schema))


def demand_value(definition: TagDefinition, value: str) -> None:
    """Raise ``RuleError`` unless the value may be one of the tag's."""
    if definition.is_numeric:
        if not _NUMBER.fullmatch(value) or not isfinite(float(value)):
            raise RuleError(
                f"{value!r} is no number", where="value", fix="Write it as 12, -3 or 0.25"
            )
        return
    allowed = [one.code for one in definition.values]
    if allowed and value not in allowed:
        raise RuleError(f"{value!r} is no value", where="value", fix=f"One of {', '.join(allowed)}")
    if not value.strip() or len(value) > _TEXT_MAX:
        raise RuleError(f"a value has 1 to {_TEXT_MAX} characters", where="value")


def _demand_visible(lake: ScopedLake, members: Sequence[str]) -> None:
    missing = set(members) - visible_members(lake, members)
    if missing:
        raise NotVisibleError(
            f"{len(missing)} of {len(members)} members are not here",
            fix="Check the member ids, or ask for a wider data scope",
        )
