"""What members said of themselves, brought to the lake: gender and birthday, never the name."""

from __future__ import annotations

import ibis
import pyarrow as pa
from django.db import connection

from regulars.apps.members.models import Declared
from regulars.apps.members.services.lake_side.publishing import publish_into
from regulars.apps.members.services.standing import canonical
from regulars.lake import Lake, Transaction
from regulars.lake.contracts import contract

_MEMBERS_MAX = 1_000


def is_declared_waiting() -> bool:
    """Whether the lake must hear of members who were created or changed one by one."""
    return Declared.objects.filter(waiting=True).exists()


def publish_waiting(lake: Lake) -> int:
    """Publish members who were created or changed one by one; return how many.

    Looks at the ledger only when nobody waits.
    """
    if not is_declared_waiting():
        return 0
    with lake.transaction(note="publish members") as transaction:
        publish_into(transaction)
        return declare_into(transaction)


def declare_into(transaction: Transaction) -> int:
    """Write what waits into the member rows that the transaction holds; return how many wait.

    A statement that changes again before the commit stays waiting.
    """
    waiting = list(Declared.objects.filter(waiting=True).order_by("changed_at")[:_MEMBERS_MAX])
    if not waiting:
        return 0
    standing = canonical(row.pk for row in waiting)
    # A later statement wins where two members have become one.
    said: dict[str, dict[str, object]] = {}
    for row in waiting:
        facts = said.setdefault(standing[row.pk], {"gender": None, "birth_date": None})
        facts["gender"] = row.gender or facts["gender"]
        facts["birth_date"] = row.birth_date or facts["birth_date"]
    _write(transaction, {member: facts for member, facts in said.items() if any(facts.values())})
    versions = [(row.pk, row.changes) for row in waiting]

    def settle() -> None:
        quote = connection.ops.quote_name
        table = quote(Declared._meta.db_table)  # noqa: SLF001 Django documents _meta as its interface
        with connection.cursor() as cursor:
            cursor.executemany(
                f"UPDATE {table} SET waiting = %s WHERE member_id = %s AND changes = %s",  # noqa: S608 a name of our own
                [(False, member_id, changes) for member_id, changes in versions],
            )

    transaction.on_commit(settle)
    return len(waiting)


def _write(transaction: Transaction, said: dict[str, dict[str, object]]) -> None:
    if not said:
        return
    snapshot = transaction.snapshot()
    declared = contract("members")
    new = ibis.memtable(
        pa.table(
            {
                "member_id": pa.array(list(said), pa.string()),
                "said_gender": pa.array([f["gender"] for f in said.values()], pa.string()),
                "said_birth": pa.array([f["birth_date"] for f in said.values()], pa.date32()),
            }
        )
    )
    rows = snapshot.table("members").inner_join(new, "member_id")
    rows = rows.mutate(
        gender=ibis.coalesce(rows.said_gender, rows.gender),
        birth_date=ibis.coalesce(rows.said_birth, rows.birth_date),
    )
    transaction.upsert("members", rows.select(*declared.column_names))
