"""Data: loads add up, quarantine is fixed and replayed once, jobs are enqueued once."""

from __future__ import annotations

import pytest
from django.test import Client
from django_tasks_db.models import DBTaskResult

from regulars.apps.accounts.types import Role
from regulars.apps.ingest.models import LoadRun, QuarantinedRow
from regulars.console.tests.chain import Chain
from regulars.console.tests.conftest import SignIn


@pytest.fixture
def admin(sign_in: SignIn) -> Client:
    return sign_in(Role.ADMIN)


def test_a_load_is_shown_with_counts_that_add_up(chain: Chain, admin: Client) -> None:
    run = LoadRun.objects.get(kind="load")
    assert (run.rows_read, run.rows_loaded, run.rows_quarantined) == (
        len(chain.lines) + 1,
        len(chain.lines),
        1,
    )
    page = admin.get(f"/data/loads/{run.pk}/").content.decode()
    assert f"<dd>{run.rows_read:,}</dd>" in page
    assert f'href="/data/quarantine/?run={run.pk}"' in page
    assert admin.get("/data/loads/999999/").status_code == 404
    overview = admin.get("/data/").content.decode()
    assert f'href="/data/loads/{run.pk}/"' in overview


def test_a_refused_row_is_fixed_and_replayed_once(chain: Chain, admin: Client) -> None:
    row = QuarantinedRow.objects.get()
    listed = admin.get("/data/quarantine/").content.decode()
    assert "This is not an amount of money" in listed
    assert "twelve" not in listed
    opened = admin.post(f"/data/quarantine/{row.pk}/").content.decode()
    assert 'value="twelve"' in opened
    again = admin.post(f"/data/quarantine/{row.pk}/replay/", {"column:paid": "zwölf"}, follow=True)
    assert "refused again" in again.content.decode()
    fixed = admin.post(f"/data/quarantine/{row.pk}/replay/", {"column:paid": "12.00"}, follow=True)
    assert "The row is loaded." in fixed.content.decode()
    row.refresh_from_db()
    assert row.state == "replayed"
    twice = admin.post(f"/data/quarantine/{row.pk}/replay/", {"column:paid": "99"}, follow=True)
    assert "The row is loaded." not in twice.content.decode()


def test_a_refused_row_can_be_discarded(chain: Chain, admin: Client) -> None:
    row = QuarantinedRow.objects.get()
    admin.post(f"/data/quarantine/{row.pk}/discard/")
    row.refresh_from_db()
    assert row.state == "discarded"
    assert "Discarded" in admin.get("/data/quarantine/?state=discarded").content.decode()


def test_an_analyst_sees_quarantine_but_opens_nothing(chain: Chain, sign_in: SignIn) -> None:
    analyst = sign_in(Role.ANALYST)
    row = QuarantinedRow.objects.get()
    assert analyst.get("/data/quarantine/").status_code == 200
    for act in ("", "replay/", "discard/"):
        assert analyst.post(f"/data/quarantine/{row.pk}/{act}").status_code == 403
    row.refresh_from_db()
    assert row.state == "open"
    assert analyst.post("/data/load/", {"source": "till"}).status_code == 403
    assert analyst.post("/data/refresh/now/").status_code == 403
    assert not DBTaskResult.objects.exists()


def test_a_load_and_a_refresh_wait_for_the_worker_once_each(chain: Chain, admin: Client) -> None:
    for _ in range(2):
        admin.post("/data/load/", {"source": "till"})
        admin.post("/data/refresh/now/", {"full": "0"})
    assert DBTaskResult.objects.count() == 2
    page = admin.get("/data/").content.decode()
    assert "waits for the worker" in page
    assert 'hx-trigger="every 3s"' in page
    assert admin.post("/data/load/", {"source": "no such"}).status_code == 404


def test_the_worker_does_what_was_asked(chain: Chain, admin: Client) -> None:
    from regulars.console.background.jobs import load_source, refresh_features

    user_id = int(admin.session["_auth_user_id"])
    load_source.call("till", user_id)
    refresh_features.call(user_id, full=True)
    assert LoadRun.objects.filter(kind="load").count() == 2
    page = admin.get("/data/refresh/").content.decode()
    assert "everybody" in page
    assert "lifecycle" in page


def test_every_table_shows_its_contract(chain: Chain, admin: Client) -> None:
    from regulars.lake.contracts import contracts

    page = admin.get("/data/tables/").content.decode()
    for declared in contracts():
        assert f'href="/data/tables/{declared.name}/"' in page
        answer = admin.get(f"/data/tables/{declared.name}/")
        assert answer.status_code == 200
        for column in declared.columns:
            assert column.name in answer.content.decode()
    assert admin.get("/data/tables/no_such/").status_code == 404
