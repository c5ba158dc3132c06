"""What the ledger knows of members."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Count

from regulars.apps.members.models import Identifier, Member, MergeReview
from regulars.apps.members.services.ledger_rows import chunks
from regulars.apps.members.services.standing import record_of
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


def erased_members() -> frozenset[str]:
    """Return every id that was erased: whatever still names one of them has to forget it."""
    erased = Member.objects.filter(state=MemberState.ERASED)
    return frozenset(erased.values_list("pk", flat=True))


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
