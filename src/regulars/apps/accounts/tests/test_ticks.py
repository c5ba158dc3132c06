"""A step of the worker is taken by one at a time; a failure makes it wait, longer each time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from regulars.apps.accounts.queries import failing_ticks
from regulars.apps.accounts.services.ticks import claim_tick, tick_failed, tick_succeeded

pytestmark = pytest.mark.django_db

Later = Callable[[timedelta], datetime]


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Later:
    """Move the clock on."""
    moment = timezone.now()

    def move(by: timedelta) -> datetime:
        nonlocal moment
        moment += by
        return moment

    monkeypatch.setattr(timezone, "now", lambda: moment)
    return move


def test_one_worker_has_a_step_until_it_gives_it_back() -> None:
    assert claim_tick("land", holder="a")
    assert not claim_tick("land", holder="b")
    assert claim_tick("publish", holder="b")
    tick_succeeded("land", holder="b")
    assert not claim_tick("land", holder="b")
    tick_succeeded("land", holder="a")
    assert claim_tick("land", holder="b")


def test_the_step_of_a_dead_worker_is_free_when_its_lease_ends(later: Later) -> None:
    assert claim_tick("land", holder="a")
    later(timedelta(seconds=119))
    assert not claim_tick("land", holder="b")
    later(timedelta(seconds=1))
    assert claim_tick("land", holder="b")
    tick_succeeded("land", holder="a")
    assert not claim_tick("land", holder="a")


def test_a_step_that_fails_waits_longer_each_time(later: Later) -> None:
    start = timezone.now()
    waits = []
    for _ in range(8):
        assert claim_tick("land", holder="a")
        tick_failed("land", "the disk is full", holder="a")
        seconds = 0
        while not claim_tick("land", holder="b"):
            later(timedelta(seconds=1))
            seconds += 1
        tick_succeeded_without_reset("b")
        waits.append(seconds)
    assert waits == [1, 2, 4, 8, 16, 32, 60, 60]
    (state,) = failing_ticks()
    assert (state.name, state.failures, state.error) == ("land", 8, "the disk is full")
    assert state.failing_since == start
    assert failing_ticks(failures_min=9) == ()
    assert claim_tick("land", holder="a")
    tick_succeeded("land", holder="a")
    assert failing_ticks() == ()


def tick_succeeded_without_reset(holder: str) -> None:
    """Give a step back as if the worker had died at once."""
    from regulars.apps.accounts.models import Tick

    Tick.objects.filter(holder=holder).update(held_until=None)
