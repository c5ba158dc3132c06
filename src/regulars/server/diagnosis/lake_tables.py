"""Do the lake's tables keep their contracts and agree with the manifest?"""

from __future__ import annotations

from collections.abc import Iterator

from django.conf import settings

from regulars.base.errors import RegularsError
from regulars.lake import Lake
from regulars.lake.contracts import contract
from regulars.server.diagnosis.finding import Finding, failed, fine, note


def lake_tables() -> Iterator[Finding]:
    """Read every table of the manifest: present, declared, as many rows as its log says."""
    lake = Lake(settings.REGULARS_LAKE)
    states = lake.tables()
    if not states:
        yield note("lake", f"{lake.root} is empty", fix="Load some data: regulars load")
        return
    snapshot = lake.snapshot()
    good = 0
    for state in states:
        part = f"lake {state.name}"
        try:
            contract(state.name)
            table = snapshot.table(state.name)
            rows = int(snapshot.connection.to_pyarrow(table.count()).as_py())
        except RegularsError as error:
            yield failed(part, error.what, fix=error.fix or "Restore the lake from a backup")
            continue
        if rows != state.rows:
            yield failed(
                part,
                f"{rows:,} rows can be read, its log says {state.rows:,}",
                fix="Restore the table from a backup",
            )
        good += 1
    size = sum(state.bytes for state in states) / 1024**2
    total = sum(state.rows for state in states)
    yield fine(
        "lake",
        f"commit {snapshot.sequence}: {good} of {len(states)} tables can be read, "
        f"{total:,} rows, {size:,.0f} MB",
    )
