"""Finding members by what a person says at the desk: phone, card, e-mail or member id."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regulars.apps.members.queries import find_by_identifier
from regulars.console.figures.member_filters import IDS_MAX, MEMBER_ID

if TYPE_CHECKING:
    from regulars.console.desk import Desk


def look_up(desk: Desk, text: str) -> tuple[str, ...]:
    """Return the members that have exactly this identifier, or whose id begins with it.

    Identifiers are compared by their keyed hash, so half a phone number finds nobody; members
    outside the reader's scope are not found. At most ``IDS_MAX``.
    """
    asked = text.strip()
    if MEMBER_ID.fullmatch(asked.lower()):
        members = desk.lake.table("members")
        begins = members.filter(members["member_id"].startswith(asked.lower()))
        rows = begins.select("member_id").order_by("member_id").limit(IDS_MAX).to_pyarrow()
        if rows.num_rows:
            return tuple(rows.column("member_id").to_pylist())
    return tuple(find_by_identifier(asked, desk.lake))[:IDS_MAX] if asked else ()
