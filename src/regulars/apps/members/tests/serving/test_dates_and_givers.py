"""As of which date a profile is while others still wait, and who gave a tag last."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from regulars.apps.members.models import ServedProfile
from regulars.apps.members.queries import served_profile
from regulars.apps.members.services.serving import serve, serve_profiles, stretches
from regulars.apps.members.services.serving.differences import write_differences
from regulars.apps.members.tests.lake_rows import NOON, held, put
from regulars.apps.members.tests.serving.served import MARCH_9
from regulars.lake import Lake
from regulars.science.producers import refresh
from regulars.science.profile import standings

pytestmark = pytest.mark.django_db
MARCH_10 = MARCH_9 + timedelta(days=1)


class KilledError(Exception):
    """The worker dies."""


def dates_told() -> dict[str, tuple[Any, Any]]:
    """Return as of when each member's history and RFM are told to be."""
    told = {}
    for member_id in ServedProfile.objects.values_list("pk", flat=True):
        now = served_profile(member_id)
        assert now is not None
        told[member_id] = (now.as_of, now.features["features/rfm"])
    return told


def serve_and_die(shop: Lake, monkeypatch: pytest.MonkeyPatch, part: str, after: int) -> None:
    """Serve until so many stretches of the part are written."""
    left = [None] * after

    def until(*given: Any) -> Any:
        if given[-1] == part:
            if not left:
                raise KilledError
            left.pop()
        return write_differences(*given)

    with monkeypatch.context() as dying:
        dying.setattr(serve, "write_differences", until)
        with pytest.raises(KilledError):
            serve_profiles(shop)


def test_a_history_that_is_ahead_of_the_others_says_so(
    shop: Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    serve_profiles(shop)
    refresh(shop, MARCH_10)
    buyers = {
        row["member_id"]
        for name in ("orders", "refunds")
        for row in held(shop, name)
        if row["business_date"] == MARCH_9 and row["member_id"]
    }
    serve_and_die(shop, monkeypatch, "standing", 0)
    assert {one for one, told in dates_told().items() if told == (MARCH_10, MARCH_9)} == buyers
    assert {told for one, told in dates_told().items() if one not in buyers} == {(MARCH_9, MARCH_9)}
    serve_profiles(shop)
    assert set(dates_told().values()) == {(MARCH_10, MARCH_10)}


def test_a_standing_that_is_ahead_of_the_others_says_so(
    shop: Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stretches, "MEMBERS_MAX", 5)
    serve_profiles(shop)
    refresh(shop, MARCH_10)
    before = dict(ServedProfile.objects.values_list("pk", "standing_digest"))
    serve_and_die(shop, monkeypatch, "standing", 1)
    ahead = {one for one, (_, day) in dates_told().items() if day == MARCH_10}
    after = dict(ServedProfile.objects.values_list("pk", "standing_digest"))
    assert ahead == {one for one in after if after[one] != before[one]}
    assert ahead
    assert ahead <= set(sorted(after)[:5])


def test_the_last_giver_of_each_tag_is_kept(shop: Lake) -> None:
    member_id = held(shop, "members")[0]["member_id"]
    given = [("fit", "hand:olga")] + [("often", f"external:{number}") for number in range(120)]
    rows = [
        {
            "assignment_id": f"{place:03}", "member_id": member_id, "tag": tag, "value": "yes",
            "provenance": by, "assigned_at": NOON + timedelta(seconds=place // 2),
        }
        for place, (tag, by) in enumerate(given)
    ]  # fmt: skip
    with shop.transaction(note="tags by hand") as writing:
        put(writing, "tag_assignments", rows)
    said = standings(shop.snapshot(), {}, cut=lambda table: table).to_pyarrow().to_pylist()
    (found,) = (json.loads(one["document"]) for one in said if one["member_id"] == member_id)
    assert [(one["tag"], one["provenance"]) for one in found["given"]] == [
        ("fit", "hand:olga"),
        ("often", "external:119"),
    ]
