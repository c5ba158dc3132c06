"""What happens while profiles are served, and after the lake went back: nobody rises again."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from regulars.apps.accounts.types import Actor
from regulars.apps.members.models import ServedCopy, ServedProfile
from regulars.apps.members.services.by_hand import merge_members
from regulars.apps.members.services.erasure import erase_member
from regulars.apps.members.services.serving import Served, is_serving_due, serve, serve_profiles
from regulars.apps.members.services.serving.differences import write_differences
from regulars.apps.members.tests.lake_rows import order, put
from regulars.apps.members.tests.serving.served import is_right
from regulars.base.errors import LakeBusyError
from regulars.lake import Lake

pytestmark = pytest.mark.django_db


def before_writing(monkeypatch: pytest.MonkeyPatch, part: str, do: Any) -> None:
    """Let something happen between the snapshot and the writing of that part."""
    left = [do]

    def meanwhile(*given: Any) -> Any:
        if given[-1] == part and left:
            left.pop()()
        return write_differences(*given)

    monkeypatch.setattr(serve, "write_differences", meanwhile)


def a_member(shop: Lake, place: int = 0) -> str:
    ids: list[str] = shop.snapshot().table("members").to_pyarrow()["member_id"].to_pylist()
    return sorted(ids)[place]


@pytest.mark.parametrize(("part", "written"), [("history", 22), ("standing", 23)])
def test_who_is_erased_meanwhile_is_not_served(
    shop: Lake, operator: Actor, monkeypatch: pytest.MonkeyPatch, part: str, written: int
) -> None:
    gone = a_member(shop)
    before_writing(monkeypatch, part, lambda: erase_member(operator, shop, member_id=gone))
    assert serve_profiles(shop) == Served(looked_at=24, written=written, removed=0)
    assert not ServedProfile.objects.filter(pk=gone).exists()
    serve_profiles(shop)
    assert is_right(shop)


def test_who_is_merged_meanwhile_is_gone_with_the_next(
    shop: Lake, operator: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    pair = (a_member(shop), a_member(shop, 1))
    before_writing(
        monkeypatch,
        "history",
        lambda: merge_members(operator, shop, member_id=pair[0], other_id=pair[1]),
    )
    serve_profiles(shop)
    serve_profiles(shop)
    assert ServedProfile.objects.filter(pk__in=pair).count() == 1
    assert is_right(shop)


def test_there_is_one_serving_at_a_time(shop: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    refused = []

    def again() -> None:
        with pytest.raises(LakeBusyError, match="another serving") as error:
            serve_profiles(shop, wait_seconds=0)
        refused.append(error)

    before_writing(monkeypatch, "history", again)
    assert serve_profiles(shop) == Served(looked_at=24, written=24, removed=0)
    assert len(refused) == 1


def test_a_lake_that_went_back_is_served_from_the_start(shop: Lake, tmp_path: Path) -> None:
    shutil.copytree(shop.root, tmp_path / "backup")
    buyer = a_member(shop)
    with shop.transaction(note="lost with the disk") as writing:
        put(writing, "orders", [order("lost", buyer, store="s9", day=2)])
    serve_profiles(shop)
    ServedProfile.objects.create(member_id="m-came-later", sequence=shop.snapshot().sequence)
    assert "s9" in ServedProfile.objects.get(pk=buyer).history
    shutil.rmtree(shop.root)
    shutil.copytree(tmp_path / "backup", shop.root)
    ServedCopy.objects.update(seconds=0.0)
    assert is_serving_due(shop)
    assert serve_profiles(shop) == Served(looked_at=24, written=24, removed=0)
    assert is_right(shop)
    assert not is_serving_due(shop)
