"""Let the database itself refuse to change or delete an event of the audit trail."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

_TABLE = "accounts_auditevent"
_SQLITE = {
    act: (
        f"CREATE TRIGGER audit_no_{act.lower()} BEFORE {act} ON {_TABLE} "
        "BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END"
    )
    for act in ("UPDATE", "DELETE")
}
_POSTGRESQL_FUNCTION = """
CREATE OR REPLACE FUNCTION audit_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'the audit trail is append-only'; END $$
"""
_POSTGRESQL = {
    act: (
        f"CREATE TRIGGER audit_no_{act.lower()} BEFORE {act} ON {_TABLE} "
        "FOR EACH ROW EXECUTE FUNCTION audit_append_only()"
    )
    for act in ("UPDATE", "DELETE")
} | {
    # Emptying a table is no DELETE to PostgreSQL: row triggers never see it.
    "TRUNCATE": (
        f"CREATE TRIGGER audit_no_truncate BEFORE TRUNCATE ON {_TABLE} "
        "FOR EACH STATEMENT EXECUTE FUNCTION audit_append_only()"
    ),
}


def refuse_changes(_apps: StateApps, schema_editor: BaseDatabaseSchemaEditor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(_POSTGRESQL_FUNCTION)
        statements = _POSTGRESQL
    else:
        statements = _SQLITE
    for statement in statements.values():
        schema_editor.execute(statement)


def allow_changes(_apps: StateApps, schema_editor: BaseDatabaseSchemaEditor):
    postgresql = schema_editor.connection.vendor == "postgresql"
    on_table = f" ON {_TABLE}" if postgresql else ""
    for act in ("update", "delete", "truncate") if postgresql else ("update", "delete"):
        schema_editor.execute(f"DROP TRIGGER IF EXISTS audit_no_{act}{on_table}")


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_users")]
    operations = [migrations.RunPython(refuse_changes, allow_changes)]
