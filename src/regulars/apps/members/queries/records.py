"""What the ledger knows of members."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Count

from regulars.apps.members.models import Identifier, Member, MergeReview
from regulars.apps.members.services.ledger_rows import chunks
from regulars.apps.members.types import (
    IdentityCounts,
    MemberRecord,
    MemberState,
    ReviewState,
)


def member_records(member_ids: Iterable[str]) -> dict[str, MemberRecord]:
    """Return the ledger's records of those of the ids that exist, by id. Not cut to a scope."""
    return {
        member.pk: record_of(member)
        for chunk in chunks(sorted(set(member_ids)))
        for member in Member.objects.filter(pk__in=chunk)
    }


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


def identity_counts() -> IdentityCounts:
    """Return how many members, identifiers by kind, and open reviews there are."""
    states = dict(Member.objects.values_list("state").annotate(Count("pk")))
    kinds = dict(Identifier.objects.order_by().values_list("kind").annotate(Count("pk")))
    return IdentityCounts(
        active=states.get(MemberState.ACTIVE, 0),
        merged=states.get(MemberState.MERGED, 0),
        erased=states.get(MemberState.ERASED, 0),
        identifiers={kind: kinds[kind] for kind in sorted(kinds)},
        reviews_open=MergeReview.objects.filter(state=ReviewState.OPEN).count(),
    )
