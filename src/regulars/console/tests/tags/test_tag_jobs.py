"""Tags decided by the worker: put off while the lake is busy, and seen while they wait."""

from __future__ import annotations

import pytest
from django.test import Client
from django_tasks_db.models import DBTaskResult

from regulars.apps.accounts.models import AuditEvent
from regulars.apps.accounts.types import Role
from regulars.apps.tags.services import everything
from regulars.base.errors import LakeBusyError
from regulars.console.background import tag_jobs
from regulars.console.background.jobs import open_jobs, refresh_features
from regulars.console.tests.chain import Chain
from regulars.console.tests.conftest import SignIn


def busy(*_args: object, **_options: object) -> None:
    raise LakeBusyError("another refresh of the tags was quicker")


@pytest.fixture
def admin(sign_in: SignIn) -> Client:
    return sign_in(Role.ADMIN)


def test_while_the_lake_is_busy_the_tags_are_put_off(
    chain: Chain, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tag_jobs, "refresh_all_tags", busy)
    for attempt in range(1, tag_jobs.ATTEMPTS_MAX):
        DBTaskResult.objects.all().delete()
        tag_jobs.decide_tags.call(attempt)
        asked = DBTaskResult.objects.get()
        assert asked.args_kwargs["args"] == [attempt + 1]
    DBTaskResult.objects.all().delete()
    with pytest.raises(LakeBusyError):
        tag_jobs.decide_tags.call(tag_jobs.ATTEMPTS_MAX)
    assert not DBTaskResult.objects.exists()


def test_waiting_tags_stand_among_the_open_jobs(chain: Chain, admin: Client) -> None:
    assert tag_jobs.start_tags()
    assert not tag_jobs.start_tags()
    assert [(job.kind, job.what, job.running) for job in open_jobs()] == [("tags", "", False)]
    page = admin.get("/data/refresh/").content.decode()
    assert "The tags wait for the worker since" in page
    assert "The refresh waits" not in page


def test_a_refresh_is_on_the_record_where_the_tags_cannot_follow(
    chain: Chain, admin: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(everything, "refresh_all_tags", busy)
    with pytest.raises(LakeBusyError):
        refresh_features.call(int(admin.session["_auth_user_id"]), full=False)
    event = AuditEvent.objects.get(object_kind="features")
    assert event.detail["succeeded"] is True
