"""What becomes of an expansion: a tag in one call, and a file that names nobody."""

from __future__ import annotations

import hmac

import pytest

from regulars.apps.accounts.models import AuditEvent
from regulars.apps.accounts.queries import scoped
from regulars.apps.accounts.services import vault
from regulars.apps.accounts.types import Actor, DataScope, Role
from regulars.apps.audiences.queries import expansion, found_members
from regulars.apps.audiences.services import ask_expansion, hashed_lines, keep_as_tag, work_out
from regulars.apps.audiences.tests.conftest import AS_OF, CLUB, CLUB_RULE, actor
from regulars.apps.audiences.types import Seed
from regulars.apps.tags.queries import member_tags, tag_named, tags
from regulars.apps.tags.services import refresh_all_tags
from regulars.base.errors import NotVisibleError, RefusedError, RuleError
from regulars.lake import Lake

HQ = DataScope("hq")


@pytest.fixture
def run_id(lake: Lake) -> str:
    asked = ask_expansion(None, lake, Seed(rule=CLUB_RULE), title="The club", as_of=AS_OF)
    return work_out(lake, asked).run_id


def alike(lake: Lake, run_id: str, similarity_min: float) -> list[str]:
    found = found_members(scoped(lake.snapshot(), HQ), run_id, similarity_min=similarity_min)
    ids: list[str] = found.order_by("position").to_pyarrow()["member_id"].to_pylist()
    return ids


def test_one_call_keeps_them_as_a_tag(lake: Lake, run_id: str, operations: Actor) -> None:
    wanted = alike(lake, run_id, 40)
    given = keep_as_tag(operations, lake, run_id, code="like_club", similarity_min=40)
    assert given == len(wanted) > 0
    refresh_all_tags(lake, AS_OF)
    rows = lake.snapshot().table("tags")
    held = rows.filter(rows["like_club"] == "yes").select("member_id").to_pyarrow()
    assert sorted(held["member_id"].to_pylist()) == sorted(wanted)
    assert not set(wanted) & CLUB
    definition = tag_named("like_club").definition
    assert definition.name_en == "Like: The club"
    assert definition.source == f"look-alike {run_id}"
    (mine,) = member_tags(scoped(lake.snapshot(), HQ), wanted[0], tags())
    assert mine.source == f"external:look-alike {run_id}"


def test_a_tag_is_never_given_twice_nor_to_nobody(lake: Lake, run_id: str) -> None:
    keep_as_tag(None, lake, run_id, code="like_club", similarity_min=0)
    before = lake.snapshot().sequence
    with pytest.raises(RuleError, match="a tag of this code"):
        keep_as_tag(None, lake, run_id, code="like_club", similarity_min=90)
    empty = next(step for step, count in enumerate(expansion(run_id).counts) if not count)
    with pytest.raises(RuleError, match="nobody"):
        keep_as_tag(None, lake, run_id, code="like_nobody", similarity_min=empty)
    waiting = ask_expansion(None, lake, Seed(rule=CLUB_RULE), title="t", as_of=AS_OF)
    with pytest.raises(RuleError, match="not done"):
        keep_as_tag(None, lake, waiting, code="like_later", similarity_min=0)
    assert [tag.definition.code for tag in tags()] == ["like_club"]
    assert lake.snapshot().sequence == before


def test_who_may_not_edit_tags_keeps_nothing(lake: Lake, run_id: str) -> None:
    for role, scope in ((Role.ANALYST, HQ), (Role.SHOP_MANAGER, DataScope("store", ("s1",)))):
        with pytest.raises((RefusedError, NotVisibleError)):
            keep_as_tag(actor(role, scope), lake, run_id, code="like_club", similarity_min=0)
    assert tags() == ()


def test_the_file_holds_hashes_and_no_ids(lake: Lake, run_id: str, operations: Actor) -> None:
    wanted = alike(lake, run_id, 25)
    text = "".join(hashed_lines(operations, lake, run_id, similarity_min=25.0))
    header, *lines = text.splitlines()
    assert header == "member_hash,similarity"
    key = vault._opened().ring.look_up
    hashes = [line.split(",")[0] for line in lines]
    assert len(hashes) == len(wanted) == len(set(hashes))
    for member, digest in zip(wanted, hashes, strict=True):
        assert member not in text
        said = b"regulars/1/look-alike export\0" + member.encode()
        assert digest == hmac.digest(key, said, "sha256").hex()
    event = AuditEvent.objects.get(action="export")
    assert (event.object_id, event.detail["members"]) == (run_id, len(wanted))


def test_who_may_not_export_gets_nothing(lake: Lake, run_id: str) -> None:
    for role, scope in (
        (Role.SHOP_MANAGER, DataScope("store", ("s1",))),
        (Role.ANALYST, DataScope("store", ("s1",))),
    ):
        with pytest.raises((RefusedError, NotVisibleError)):
            hashed_lines(actor(role, scope), lake, run_id, similarity_min=0)
    assert not AuditEvent.objects.filter(action="export").exists()
