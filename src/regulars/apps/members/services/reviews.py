"""A person decides what the rules must not: are these two one person?"""

from __future__ import annotations

from enum import StrEnum

from django.db import transaction as ledger
from django.utils import timezone

from regulars.apps.accounts.services import audit
from regulars.apps.accounts.services.access import require
from regulars.apps.accounts.types import Action, Actor, Capability
from regulars.apps.members.models import Identifier, MergeReview
from regulars.apps.members.services.by_hand import merge_in_ledger
from regulars.apps.members.services.lake_side.publishing import publish
from regulars.apps.members.services.standing import canonical
from regulars.apps.members.types import ReviewState
from regulars.base.errors import IdentityError, NotVisibleError
from regulars.lake import Lake


class Decision(StrEnum):
    """What may come of a review."""

    MERGE = "merge"
    KEEP_APART = "keep_apart"
    MOVE_KEY = "move_key"


def decide_review(actor: Actor, lake: Lake, *, review_id: int, decision: Decision) -> str | None:
    """Decide an open review; return the survivor of a merge.

    ``KEEP_APART`` leaves the identifier with its owner and never joins the two by rule again;
    ``MOVE_KEY`` does the same but gives the identifier to the other, as for a recycled phone.

    Raises ``RefusedError``, ``NotVisibleError`` for an unknown review, ``IdentityError`` for one
    decided already or an identifier that cannot move.
    """
    require(actor, Capability.REVIEW_IDENTITY)
    with ledger.atomic():
        review = MergeReview.objects.select_for_update().filter(pk=review_id).first()
        if review is None:
            raise NotVisibleError("there is no such review", where=f"review {review_id}")
        if review.state != ReviewState.OPEN:
            raise IdentityError("this review is decided already", where=f"review {review_id}")
        standing = canonical([review.left_id, review.right_id])
        left_id, right_id = standing[review.left_id], standing[review.right_id]
        survivor_id = None
        if decision == Decision.MERGE and left_id != right_id:
            survivor_id = merge_in_ledger(actor, member_id=left_id, other_id=right_id)
        elif decision == Decision.MOVE_KEY:
            _move_key(review, {left_id, right_id})
        review.state = ReviewState.MERGED if decision == Decision.MERGE else ReviewState.KEPT_APART
        review.decided_at, review.decided_by = timezone.now(), actor.username
        review.save(update_fields=["state", "decided_at", "decided_by"])
        audit.record(
            actor,
            Action.CHANGE,
            object_kind="merge_review",
            object_id=str(review.pk),
            detail={"decision": decision.value, "members": [left_id, right_id]},
        )
    if survivor_id is not None:
        publish(lake, note="merge after review")
    return survivor_id


def _move_key(review: MergeReview, pair: set[str]) -> None:
    """Take the identifier from the one of the pair who owns it and give it to the other."""
    rows = Identifier.objects.filter(
        member__in=pair, kind=review.key_kind, key_hash=review.key_hash
    )
    owner = next((row for row in rows if row.exclusive), None)
    taker = next((row for row in rows if not row.exclusive), None)
    if owner is None or taker is None:
        raise IdentityError(
            "neither of the two owns this identifier while the other carries it",
            where=f"review {review.pk}",
            fix="Keep them apart or merge them",
        )
    owner.exclusive = False
    owner.save(update_fields=["exclusive"])
    taker.exclusive, taker.verified = True, True
    taker.save(update_fields=["exclusive", "verified"])
