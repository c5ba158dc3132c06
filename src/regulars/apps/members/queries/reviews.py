"""Reviews: pairs of members on which a person decides."""

from __future__ import annotations

from django.core.paginator import Paginator

from regulars.apps.members.models import Member, MergeReview
from regulars.apps.members.queries.identifiers import identifiers_of, masked_keys
from regulars.apps.members.services.standing import canonical, record_of
from regulars.apps.members.types import (
    IdentifierKind,
    Review,
    ReviewPage,
    ReviewReason,
    ReviewSide,
    ReviewState,
)


def reviews(
    *, state: ReviewState = ReviewState.OPEN, number: int = 1, size: int = 20
) -> ReviewPage:
    """Return one page of reviews in a state, newest first, with both sides' identifiers."""
    found = MergeReview.objects.filter(state=state).order_by("-opened_at", "-pk")
    page = Paginator(found, size).get_page(number)
    rows = list(page.object_list)
    standing = canonical({side for row in rows for side in (row.left_id, row.right_id)})
    members = Member.objects.in_bulk(standing.values())
    identifiers = identifiers_of(standing.values())

    shown = masked_keys(bytes(row.key_hash) for row in rows if row.key_hash is not None)

    def side(member_id: str) -> ReviewSide:
        now = standing[member_id]
        return ReviewSide(record_of(members[now]), identifiers.get(now, ()))

    return ReviewPage(
        reviews=tuple(
            _review(
                row,
                (side(row.left_id), side(row.right_id)),
                shown.get((row.key_kind, bytes(row.key_hash or b"")), ""),
            )
            for row in rows
        ),
        number=page.number,
        pages=page.paginator.num_pages,
        total=page.paginator.count,
    )


def _review(row: MergeReview, sides: tuple[ReviewSide, ReviewSide], shown: str) -> Review:
    kind = IdentifierKind(row.key_kind) if row.key_kind else None
    return Review(
        review_id=row.pk,
        reason=ReviewReason(row.reason),
        state=ReviewState(row.state),
        left=sides[0],
        right=sides[1],
        identifier_kind=kind,
        identifier_masked=shown,
        source=row.source,
        opened_at=row.opened_at,
        decided_at=row.decided_at,
        decided_by=row.decided_by,
    )
