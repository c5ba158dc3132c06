"""An erased member leaves the digests too, whatever happens at the same time."""

from __future__ import annotations

import os
import shutil
import time

import ibis.expr.types as ir
import pyarrow.parquet as pq
import pytest
from django.conf import settings

from regulars.apps.members import hooks
from regulars.apps.members.services.erasure import erase_member
from regulars.console.background.warming import headquarters
from regulars.console.desk import Desk
from regulars.console.figures.digests import (
    Digest,
    board,
    digest,
    digests_folder,
    keep_newest,
    keep_up,
    tidy_digests,
)
from regulars.console.figures.member_filters import MemberFilter
from regulars.console.figures.people import member_page
from regulars.console.tests.chain import Chain
from regulars.lake import Lake


def made() -> Digest:
    with Lake(settings.REGULARS_LAKE).snapshot() as snapshot:
        return digest(headquarters(snapshot))


def erase(member_id: str) -> None:
    erase_member(None, Lake(settings.REGULARS_LAKE), member_id=member_id)


def holding(member_id: str) -> list[str]:
    """Return the files of the folder that name the member: as columns, and byte by byte."""
    found = []
    for path in digests_folder().rglob("*"):
        if path.is_file():
            columns = pq.read_table(path).to_pydict()
            named = any(member_id in column for column in columns.values())
            if named or member_id.encode() in path.read_bytes():
                found.append(path.name)
    return found


def test_no_file_names_an_erased_member(chain: Chain) -> None:
    gone, stays = chain.member_of["c3"], chain.member_of["c4"]
    before = made()
    assert holding(gone) == holding(stays) == ["board.parquet"]
    erase(gone)
    assert holding(gone) == []
    assert holding(stays) == ["board.parquet"]
    assert [path.name for path in digests_folder().iterdir()] == [before.folder.name]


def test_readers_have_the_other_members_at_once_and_figures_as_old_as_they_are(
    chain: Chain,
) -> None:
    before = made()
    keep_up(running=True)  # by a thread that does not get its turn
    try:
        erase(chain.member_of["c3"])
        with Lake(settings.REGULARS_LAKE).snapshot() as snapshot:
            desk = headquarters(snapshot)
            assert digest(desk) == Digest(before.folder, before.made_at, current=False)
            shown = {row.member_id for row in member_page(desk, MemberFilter(), number=1).rows}
    finally:
        keep_up(running=False)
    assert shown == set(chain.member_of.values()) - {chain.member_of["c3"]}


def test_a_digest_in_the_making_leaves_out_who_is_erased_meanwhile(
    chain: Chain, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone, stays = chain.member_of["c3"], chain.member_of["c4"]
    named = board.board

    def named_when_somebody_is_erased(desk: Desk) -> ir.Table:
        erase(gone)
        rows = named(desk)
        assert gone in set(rows.to_pyarrow().column("member_id").to_pylist())
        return rows

    shutil.rmtree(digests_folder())
    monkeypatch.setattr(board, "board", named_when_somebody_is_erased)
    with Lake(settings.REGULARS_LAKE).snapshot() as snapshot:
        assert keep_newest(headquarters(snapshot))
    assert holding(gone) == []
    assert holding(stays) == ["board.parquet"]


def test_the_nightly_tidy_finds_what_a_crash_left(
    chain: Chain, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = chain.member_of["c3"]
    kept = made()
    monkeypatch.setattr(hooks, "_erasure_committed_hooks", [])
    erase(gone)
    draft = digests_folder() / "draft_left"
    draft.mkdir()
    shutil.copy(kept.folder / "board.parquet", draft)
    hours_ago = time.time() - 7200
    os.utime(draft, (hours_ago, hours_ago))
    assert sorted(holding(gone)) == ["board.parquet", "board.parquet"]
    assert tidy_digests() == 1
    assert holding(gone) == []
    assert not draft.exists()
