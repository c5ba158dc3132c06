"""The audit trail can be added to, and nothing else: not by the model, not by SQL."""

from __future__ import annotations

from importlib import import_module

import pytest
from django.db import DatabaseError, connection, transaction

from regulars.apps.accounts.models import AuditEvent
from regulars.apps.accounts.services import audit
from regulars.apps.accounts.types import Action
from regulars.base.errors import RefusedError

pytestmark = pytest.mark.django_db
migration = import_module("regulars.apps.accounts.migrations.0002_audit_append_only")


@pytest.fixture
def event() -> AuditEvent:
    return AuditEvent.objects.get(pk=audit.record(None, Action.EXPORT, detail={"rows": 3}))


@pytest.fixture
def _as_migrated(db: None) -> None:
    """The triggers as the migration leaves them; the tests' database lacks some of them."""
    editor = connection.schema_editor()  # not entered: inside a test's transaction it could not be
    migration.allow_changes(None, editor)
    migration.refuse_changes(None, editor)


def test_the_model_refuses(event: AuditEvent) -> None:
    event.detail = {"rows": 4}
    with pytest.raises(RefusedError, match="cannot be changed"):
        event.save()
    with pytest.raises(RefusedError, match="cannot be changed"):
        event.delete()
    with pytest.raises(RefusedError, match="cannot be changed"):
        AuditEvent.objects.filter(pk=event.pk).update(action="load")
    with pytest.raises(RefusedError, match="cannot be changed"):
        AuditEvent.objects.all().delete()
    assert AuditEvent.objects.get().detail == {"rows": 3}


@pytest.mark.usefixtures("_as_migrated")
@pytest.mark.parametrize(
    "statement",
    ["DELETE FROM accounts_auditevent", "UPDATE accounts_auditevent SET action = 'load'"],
)
def test_the_database_refuses(event: AuditEvent, statement: str) -> None:
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    assert AuditEvent.objects.get().action == "export"


@pytest.mark.usefixtures("_as_migrated")
def test_the_database_refuses_to_be_emptied_the_quick_way(event: AuditEvent) -> None:
    """PostgreSQL's TRUNCATE is no DELETE; SQLite's is a DELETE of all rows."""
    connection.check_constraints()  # nothing of the event may still wait for the commit
    emptied = "TRUNCATE accounts_auditevent"
    statement = emptied if connection.vendor == "postgresql" else "DELETE FROM accounts_auditevent"
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    assert AuditEvent.objects.count() == 1


@pytest.mark.usefixtures("_as_migrated")
def test_the_database_takes_new_events(event: AuditEvent) -> None:
    audit.record(None, Action.LOAD)
    assert AuditEvent.objects.count() == 2
