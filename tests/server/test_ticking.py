"""The worker's steps: taken when something waits, one by one, whatever one of them does."""

from __future__ import annotations

import logging
from threading import Event

import pytest
from django.conf import settings

from regulars.apps.accounts.queries import failing_ticks
from regulars.apps.accounts.services.ticks import claim_tick
from regulars.apps.members.queries import served_profile
from regulars.base.errors import LakeError
from regulars.lake import Lake
from regulars.server.steps import ticking
from regulars.server.steps.ticking import Step

pytestmark = pytest.mark.django_db


def step(name: str, taken: list[str], *, waits: bool = True, more: int = 0) -> Step:
    """Return a step that notes when it is taken, and says ``more`` times that more waits."""

    def take() -> bool:
        taken.append(name)
        return taken.count(name) <= more

    return Step(name, lambda: waits, take)


def test_a_step_is_taken_when_something_waits_and_nobody_else_has_it() -> None:
    taken: list[str] = []
    assert not ticking.take(step("idle", taken, waits=False), worker="a")
    claim_tick("held", holder="b")
    assert not ticking.take(step("held", taken), worker="a")
    assert taken == []
    assert ticking.take(step("free", taken, more=1), worker="a")
    assert not ticking.take(step("free", taken, more=1), worker="b")
    assert taken == ["free", "free"]


def test_a_failing_step_is_logged_and_kept_and_leaves_the_others_alone(
    caplog: pytest.LogCaptureFixture,
) -> None:
    def fail() -> bool:
        raise LakeError("the disk is full", where="lake")

    def fail_strangely() -> bool:
        raise KeyError("13800138000")

    with caplog.at_level(logging.CRITICAL, logger="regulars.server.steps.ticking"):
        assert not ticking.take(Step("known", lambda: True, fail), worker="a")
        assert not ticking.take(Step("strange", lambda: True, fail_strangely), worker="a")
        assert not ticking.take(Step("blind", fail, fail), worker="a")
    said = [(tick.name, tick.failures, tick.error) for tick in failing_ticks()]
    assert said == [("known", 1, "lake: the disk is full"), ("strange", 1, "KeyError")]


def test_the_loop_goes_on_while_more_waits_and_stops_between_steps(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stop = Event()
    taken: list[str] = []

    def last() -> bool:
        taken.append("last")
        if taken.count("last") == 3:
            stop.set()
        return True

    monkeypatch.setattr(ticking, "close_old_connections", lambda: None)
    never = step("never", taken)
    steps = [step("first", taken), Step("last", lambda: True, last), never]
    ticking.run(stop, worker="a", steps=steps)
    assert taken == ["first", "last", "never"] * 2 + ["first", "last"]


def test_the_steps_of_the_house_do_nothing_when_nothing_waits() -> None:
    quick = ["land posted orders", "publish members", "join small files"]
    long = ["follow the facts", "serve profiles"]
    assert [step.name for step in ticking.STEPS] == quick
    assert [step.name for step in ticking.LONG_STEPS] == long
    assert not any(step.waits() for step in (*ticking.STEPS, *ticking.LONG_STEPS))


def test_profiles_wait_while_a_command_serves_them() -> None:
    lake = Lake(settings.REGULARS_LAKE)
    (serve,) = (one for one in ticking.LONG_STEPS if one.name == "serve profiles")
    with lake.serving():
        assert not serve.take()
        assert served_profile("") is None
    assert not serve.take()
    assert served_profile("") is not None
