"""What the steps after a refresh share: their place in the log of runs."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, datetime

import ibis.expr.types as ir

from regulars.lake import Snapshot
from regulars.science.producers.run_log import TABLE, ProducerRun


def blank(
    snapshot: Snapshot,
    step: str,
    as_of: date,
    *,
    tables: Sequence[str],
    run_id: str,
    started_at: datetime,
    options: str = "",
) -> ProducerRun:
    """Return a run that found nothing to do, with the versions of the tables it read."""
    return ProducerRun(
        run_id=run_id,
        producer=step,
        as_of=as_of,
        mode="none",
        state="unchanged",
        started_at=started_at,
        seconds=0.0,
        lake_sequence=snapshot.sequence,
        sources={name: snapshot.versions[name] for name in tables if snapshot.has(name)},
        options=options,
    )


def watched_dates(snapshot: Snapshot, step: str) -> dict[date, dict[str, int]]:
    """Return the dates a step was done for, with the table versions its newest run read."""
    runs = snapshot.table(TABLE)
    mine = runs.filter(runs["producer"] == step, runs["state"] == "done")
    rows = mine.select("as_of", "sources", "started_at").order_by("started_at").to_pyarrow()
    return {row["as_of"]: json.loads(row["sources"]) for row in rows.to_pylist()}


def as_of_rows(snapshot: Snapshot, producer: str, day: date) -> ir.Table:
    """Return a producer's features as of one date."""
    rows = snapshot.table(f"features/{producer}")
    return rows.filter(rows["as_of"] == day)
