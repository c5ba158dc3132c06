"""Expansions: whom they find, whom never, how good they say they are, and when they fail."""

from __future__ import annotations

import pytest
from pytest_django import Settings

from regulars.apps.accounts.queries import scoped
from regulars.apps.accounts.types import Actor, DataScope, Role
from regulars.apps.audiences.models import ExpansionRun
from regulars.apps.audiences.queries import expansion, found_members
from regulars.apps.audiences.services import asking, work_out
from regulars.apps.audiences.services.asking import ask_expansion
from regulars.apps.audiences.tests.conftest import (
    ALIKE,
    AS_OF,
    CLUB,
    CLUB_RULE,
    MEMBERS,
    REFUSED,
    REFUSED_RULE,
    actor,
)
from regulars.apps.audiences.types import Expansion, Seed
from regulars.base.errors import NotVisibleError, RefusedError, RuleError
from regulars.lake import Lake


def expanded(lake: Lake, seed: Seed, **options: str) -> Expansion:
    return work_out(lake, ask_expansion(None, lake, seed, title="club", as_of=AS_OF, **options))


def found(lake: Lake, run_id: str, similarity_min: float = 0.0) -> list[str]:
    rows = found_members(scoped(lake.snapshot(), DataScope("hq")), run_id,
                         similarity_min=similarity_min)  # fmt: skip
    ordered = rows.order_by("position").to_pyarrow()
    assert ordered["position"].to_pylist() == list(range(1, ordered.num_rows + 1))
    ids: list[str] = ordered["member_id"].to_pylist()
    return ids


def test_the_like_come_before_the_others_and_the_seed_never(lake: Lake) -> None:
    done = expanded(lake, Seed(rule=CLUB_RULE))
    members = found(lake, done.run_id)
    assert done.state == "done"
    assert not CLUB & set(members)
    # The more alike half of the 240 others; two normal distributions 2 sd apart: AUC 0.92.
    assert len(members) == 120
    assert len(ALIKE & set(members[:40])) > 26
    assert done.report is not None
    assert 0.75 < done.report.auc <= 1
    assert done.report.trusted
    assert (done.report.seed, done.report.others, done.report.refused) == (60, 240, 0)


def test_counts_are_of_members_at_least_so_alike(lake: Lake) -> None:
    done = expanded(lake, Seed(rule=CLUB_RULE))
    assert len(done.counts) == 101
    for step in (0, 30, 50, 80, 100):
        assert len(found(lake, done.run_id, step)) == done.counts[step]


def test_who_refused_neither_teaches_nor_is_found(lake: Lake, settings: Settings) -> None:
    settings.REGULARS_REFUSED_RULE = REFUSED_RULE
    done = expanded(lake, Seed(rule=CLUB_RULE), excluded_rule="attribute.home_store_id is missing")
    assert not REFUSED & set(found(lake, done.run_id))
    assert done.report is not None
    assert (done.report.refused, done.report.seed_refused, done.report.seed) == (10, 5, 55)
    assert done.report.others == 235


def test_a_rule_of_its_own_leaves_out_too(lake: Lake) -> None:
    done = expanded(lake, Seed(rule=CLUB_RULE), excluded_rule=REFUSED_RULE)
    assert not REFUSED & set(found(lake, done.run_id))
    assert done.report is not None
    assert done.report.refused == 10


def test_a_list_may_hold_ids_that_are_no_members(lake: Lake) -> None:
    by_rule = expanded(lake, Seed(rule=CLUB_RULE))
    done = expanded(lake, Seed(members=(*sorted(CLUB), "m-gone", "m-never")))
    assert done.report is not None
    assert (done.report.seed, done.report.unknown) == (60, 2)
    assert found(lake, done.run_id) == found(lake, by_rule.run_id)


def test_what_the_seed_was_chosen_by_is_not_compared(lake: Lake) -> None:
    done = expanded(lake, Seed(rule='feature.rfm.rfm_group = "important_value"'))
    # There is nothing else in this lake that tells members apart, and that is said.
    assert done.state == "failed"
    assert "no column tells members apart" in done.error
    assert found(lake, done.run_id) == []


def test_too_small_a_seed_fails_with_the_reason(lake: Lake) -> None:
    done = expanded(lake, Seed(members=MEMBERS[:19]))
    assert (done.state, done.report, done.counts) == ("failed", None, ())
    assert "19 seed members" in done.error


def test_it_is_worked_out_once(lake: Lake) -> None:
    done = expanded(lake, Seed(rule=CLUB_RULE))
    before = lake.snapshot().sequence
    assert work_out(lake, done.run_id) == done
    assert lake.snapshot().sequence == before


def test_only_who_sees_everybody_may_ask(lake: Lake, operations: Actor) -> None:
    seed = Seed(rule=CLUB_RULE)
    run_id = ask_expansion(operations, lake, seed, title="club", as_of=AS_OF)
    assert expansion(run_id).requested_by == operations.username
    for role, scope in (
        (Role.ANALYST, DataScope("hq")),
        (Role.OPERATIONS, DataScope("store", ("s1",))),
        (Role.SHOP_MANAGER, DataScope("store", ("s1",))),
    ):
        with pytest.raises((RefusedError, NotVisibleError)):
            ask_expansion(actor(role, scope), lake, seed, title="club", as_of=AS_OF)
    assert ExpansionRun.objects.count() == 1


@pytest.mark.parametrize(
    ("rule", "excluded", "title", "where"),
    [
        ("attribute.club ==", "", "t", "seed, character 17"),
        (CLUB_RULE, "attribute.shoe = 1", "t", "excluded, character 1"),
        (CLUB_RULE, "", "  ", "title"),
    ],
)
def test_what_is_wrong_is_said_before_anybody_waits(
    lake: Lake, rule: str, excluded: str, title: str, where: str
) -> None:
    with pytest.raises(RuleError) as refused:
        ask_expansion(None, lake, Seed(rule=rule), title=title, as_of=AS_OF, excluded_rule=excluded)
    assert refused.value.where == where
    assert not ExpansionRun.objects.exists()


def test_the_oldest_make_room(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "KEPT_MAX", 2)
    first = expanded(lake, Seed(rule=CLUB_RULE))
    second = expanded(lake, Seed(rule=CLUB_RULE))
    third = expanded(lake, Seed(rule=CLUB_RULE))
    assert found(lake, first.run_id) == []
    assert found(lake, second.run_id) == found(lake, third.run_id) != []
    with pytest.raises(NotVisibleError):
        expansion(first.run_id)


def test_erased_members_are_nobodys_look_alikes(lake: Lake) -> None:
    done = expanded(lake, Seed(members=tuple(sorted(CLUB))))
    gone = found(lake, done.run_id)[0]
    with lake.transaction() as transaction:
        counts = transaction.erase_member(gone)
        transaction.erase_member(MEMBERS[0])
    assert counts["lookalikes"] == 1
    assert gone not in {row["member_id"] for row in lake.snapshot().rows(
        "lookalikes", "member_id").to_pylist()}  # fmt: skip
    assert (
        MEMBERS[0] not in lake.snapshot().rows("lookalikes", "member_id")["member_id"].to_pylist()
    )
