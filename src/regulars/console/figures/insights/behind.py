"""The members behind a number of the Insights pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

from regulars.console.figures.digests.moves import PLACES, places
from regulars.science.rfm import ABSENT

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from regulars.console.desk import Desk
    from regulars.console.figures.member_filters import MemberFilter


def who_stood(desk: Desk, members: ir.Table, wanted: MemberFilter) -> ir.Table:
    """Return those of the members who stood there then; nobody as of a date without features."""
    for kind in PLACES:
        place = getattr(wanted, f"was_{kind}")
        if not place or wanted.was_on is None:
            continue
        if wanted.was_on not in desk.as_of_choices:
            return members.filter(ibis.literal(value=False))
        then = places(desk, kind, wanted.was_on)
        if place == ABSENT:
            members = members.anti_join(then, "member_id")
        else:
            members = members.semi_join(then.filter(then["place"] == place), "member_id")
    return members
