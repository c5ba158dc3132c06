"""Who stands for a member today."""

from __future__ import annotations

from collections.abc import Iterable

from regulars.apps.members.models import Member
from regulars.apps.members.services.ledger_rows import chunks

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
