"""Limits stop a chain of merges, and a person decides what the rules must not."""

from __future__ import annotations

import pytest

from regulars.apps.accounts.types import Actor, DataScope, Role
from regulars.apps.members import queries
from regulars.apps.members.models import Identifier, Member, MergeReview
from regulars.apps.members.services.reviews import Decision, decide_review
from regulars.apps.members.tests.loads import load, members, one, owned_by
from regulars.apps.members.types import ReviewReason, ReviewState
from regulars.base.errors import IdentityError, NotVisibleError, RefusedError
from regulars.lake import Lake

pytestmark = pytest.mark.django_db

PHONE = "13812345678"


def recycled() -> tuple[str, str]:
    """Return the old and the new owner of one phone: two WeChat accounts that differ."""
    old = one(("unionid", "U-old"), ("phone", PHONE))
    new = one(("unionid", "U-new"), ("phone", PHONE))
    return old, new


def test_a_recycled_phone_joins_nobody_and_asks() -> None:
    old, new = recycled()
    assert old != new
    assert owned_by(old) == ["phone", "unionid"]
    assert owned_by(new) == ["unionid"]
    review = MergeReview.objects.get()
    assert review.reason == ReviewReason.RECYCLED_PHONE
    assert {review.left_id, review.right_id} == {old, new}
    assert one(("unionid", "U-new"), ("phone", PHONE)) == new  # asked once only
    assert MergeReview.objects.count() == 1


def test_the_outcome_is_the_same_within_one_load() -> None:
    result = load([("unionid", "U1"), ("phone", PHONE)], [("unionid", "U2"), ("phone", PHONE)])
    assert len(set(members(result))) == 2
    assert (result.created, result.merged, result.reviews) == (2, 0, 1)
    assert MergeReview.objects.get().reason == ReviewReason.RECYCLED_PHONE


def test_the_sixth_card_is_not_joined_by_a_phone() -> None:
    first = [one((("card_no"), f"A{number}"), ("phone", PHONE)) for number in range(5)]
    assert len(set(first)) == 1
    sixth = one(("card_no", "A5"), ("phone", PHONE))
    assert sixth != first[0]
    assert MergeReview.objects.get().reason == ReviewReason.LIMIT


def test_an_identifier_of_very_many_joins_none_of_them() -> None:
    people = [[("card_no", f"A{n}"), ("phone", PHONE)] for n in range(500)]
    result = load(*people, [("phone", PHONE)])
    assert len(set(members(result)[:500])) == 500
    assert result.member_of_row.num_rows == 500  # the phone alone tells nobody
    assert result.reviews == 1
    assert MergeReview.objects.get().reason == ReviewReason.SHARED_KEY
    assert not Identifier.objects.filter(kind="phone", exclusive=True).exists()
    late = load([("card_no", "B1"), ("phone", PHONE)], [("card_no", "B2"), ("phone", PHONE)])
    assert len(set(members(late))) == 2


def test_a_member_whom_a_person_gave_more_than_the_limit_still_resolves(
    lake: Lake, operator: Actor
) -> None:
    old, _new = recycled()
    review_id = MergeReview.objects.get().pk
    survivor = decide_review(operator, lake, review_id=review_id, decision=Decision.MERGE)
    assert survivor == old
    assert owned_by(old) == ["phone", "unionid", "unionid"]
    assert one(("unionid", "U-new"), ("phone", PHONE), ("card_no", "A1")) == old
    assert MergeReview.objects.get().state == ReviewState.MERGED


def test_kept_apart_means_for_good(lake: Lake, operator: Actor) -> None:
    old, new = recycled()
    review_id = MergeReview.objects.get().pk
    decide_review(operator, lake, review_id=review_id, decision=Decision.KEEP_APART)
    result = load(
        [("unionid", "U-new"), ("card_no", "A1")], [("unionid", "U-old"), ("card_no", "A1")]
    )
    assert set(members(result)) == {old, new}
    assert (result.merged, result.reviews) == (0, 0)
    assert Member.objects.filter(state="active").count() == 2


def test_a_recycled_phone_can_move_to_its_new_owner(lake: Lake, operator: Actor) -> None:
    old, new = recycled()
    review_id = MergeReview.objects.get().pk
    decide_review(operator, lake, review_id=review_id, decision=Decision.MOVE_KEY)
    assert one(("phone", PHONE)) == new
    assert owned_by(old) == ["unionid"]
    assert Member.objects.filter(state="active").count() == 2


def test_a_review_is_decided_once_and_only_by_who_may(lake: Lake, operator: Actor) -> None:
    recycled()
    review_id = MergeReview.objects.get().pk
    manager = Actor(operator.user_id, "mo", "Mo", Role.SHOP_MANAGER, DataScope("store", ("s1",)))
    with pytest.raises(RefusedError):
        decide_review(manager, lake, review_id=review_id, decision=Decision.MERGE)
    assert MergeReview.objects.get().state == ReviewState.OPEN
    decide_review(operator, lake, review_id=review_id, decision=Decision.KEEP_APART)
    with pytest.raises(IdentityError, match="decided already"):
        decide_review(operator, lake, review_id=review_id, decision=Decision.MERGE)
    with pytest.raises(NotVisibleError):
        decide_review(operator, lake, review_id=review_id + 1, decision=Decision.MERGE)


def test_the_page_of_reviews_shows_both_sides_masked() -> None:
    old, new = recycled()
    page = queries.reviews()
    assert (page.total, page.number, page.pages) == (1, 1, 1)
    review = page.reviews[0]
    assert {review.left.member.member_id, review.right.member.member_id} == {old, new}
    assert review.identifier_masked == "138****5678"
    shown = [each.masked for side in (review.left, review.right) for each in side.identifiers]
    assert sorted(shown) == ["****ew", "****ld", "138****5678", "138****5678"]
