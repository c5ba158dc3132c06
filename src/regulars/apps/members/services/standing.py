"""Who stands for a member today, and what the ledger knows of them."""

from __future__ import annotations

from collections.abc import Iterable

from regulars.apps.members.models import Member
from regulars.apps.members.services.ledger_rows import chunks
from regulars.apps.members.types import MemberRecord, MemberState

STEPS_MAX = 100


def canonical(member_ids: Iterable[str]) -> dict[str, str]:
    """Return for each member who stands for it today: itself, or whoever it was merged into."""
    standing = {member_id: member_id for member_id in member_ids}
    for _step in range(STEPS_MAX):
        above: dict[str, str] = {}
        for chunk in chunks(set(standing.values())):
            merged = Member.objects.filter(pk__in=chunk, merged_into__isnull=False)
            above.update(merged.values_list("pk", "merged_into_id"))
        if not above:
            break
        standing = {member_id: above.get(now, now) for member_id, now in standing.items()}
    return standing


def record_of(member: Member) -> MemberRecord:
    """Return the record of one member."""
    return MemberRecord(
        member_id=member.pk,
        state=MemberState(member.state),
        home_store_id=member.home_store_id,
        guide_id=member.guide_id,
        joined_at=member.joined_at,
        joined_channel=member.joined_channel,
        joined_from_orders=member.joined_from_orders,
        merged_into=member.merged_into_id,
        source=member.source,
    )
