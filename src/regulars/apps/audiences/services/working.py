"""An expansion worked out: seed and refusals resolved, likeness learned, everybody ranked."""

from __future__ import annotations

import time
from dataclasses import asdict
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from django.conf import settings
from django.utils import timezone

from regulars.apps.audiences.models import ExpansionRun
from regulars.apps.audiences.queries import TABLE, expansion
from regulars.apps.audiences.rules import Chosen, chosen_by
from regulars.apps.audiences.types import (
    STEPS,
    Expansion,
    ExpansionReport,
    ExpansionState,
    SeedKind,
)
from regulars.base.errors import RegularsError
from regulars.lake import Lake, Snapshot
from regulars.lake.contracts import contract
from regulars.science.learned import lookalike

# Of everybody else so many are kept, the most alike first: nobody needs the least alike half.
_KEPT_SHARE = 0.5
_TRAITS_TOLD = 10


def work_out(lake: Lake, run_id: str) -> Expansion:
    """Answer the expansion and return it; one that is not waiting is left as it is.

    A rule that no longer fits, or a seed too small, makes it fail with the reason.
    """
    mine = ExpansionRun.objects.filter(pk=run_id, state=ExpansionState.WAITING)
    if not mine.update(state=ExpansionState.RUNNING):
        return expansion(run_id)
    asked = expansion(run_id)
    try:
        with lake.snapshot() as snapshot:
            rows, report, counts = _answered(snapshot, asked)
        with lake.transaction(note=f"look-alikes of {run_id}") as transaction:
            transaction.replace_partition(TABLE, rows, partition={"run_id": run_id})
    except RegularsError as error:
        _finish(run_id, state=ExpansionState.FAILED, error=str(error))
        return expansion(run_id)
    except BaseException:
        _finish(run_id, state=ExpansionState.FAILED, error="it was broken off")
        raise
    _finish(run_id, state=ExpansionState.DONE, report=asdict(report), counts=counts)
    return expansion(run_id)


def _finish(run_id: str, **said: Any) -> None:
    ExpansionRun.objects.filter(pk=run_id).update(finished_at=timezone.now(), **said)


def _answered(snapshot: Snapshot, asked: Expansion) -> tuple[pa.Table, ExpansionReport, list[int]]:
    began = time.perf_counter()
    rules = [rule for rule in (settings.REGULARS_REFUSED_RULE, asked.excluded_rule) if rule.strip()]
    refused = [chosen_by(snapshot, rule, asked.as_of) for rule in rules]
    out = {member for one in refused for member in one.members}
    if asked.seed_kind == SeedKind.RULE:
        seed = chosen_by(snapshot, asked.seed_rule, asked.as_of)
    else:
        seed = Chosen(_listed(snapshot, asked.run_id))
    features = lookalike.traits(snapshot, as_of=asked.as_of, without=seed.tables)
    # A rule's seed are members; of a list, some may be none.
    model = lookalike.fit(features, seed.members, excluded=out)
    ranked = lookalike.ranked(
        model,
        features,
        seed=seed.members,
        excluded=out,
        size=max(1, round(model.report.members * _KEPT_SHARE)),
    )
    return (
        _rows(asked.run_id, seed.members, ranked),
        ExpansionReport(
            auc=model.report.auc,
            auc_random_error=model.report.auc_random_error,
            seed=model.report.seed,
            seed_kept=model.report.seed_kept,
            unknown=len(seed.members) - _how_many(features, seed.members),
            others=model.report.members,
            refused=_how_many(features, out),
            seed_refused=len(out & set(seed.members)),
            left_out=tuple(sorted(seed.tables & _COMPARED)),
            traits=tuple(model.traits(_TRAITS_TOLD)),
            seconds=time.perf_counter() - began,
        ),
        _counts(ranked),
    )


_COMPARED = frozenset({*lookalike.TRAITS, "order_lines"})


def _how_many(features: pa.Table, members: frozenset[str] | set[str]) -> int:
    ids = pa.array(sorted(members), pa.string())
    return int(pc.sum(pc.is_in(features["member_id"], ids)).as_py() or 0)


def _listed(snapshot: Snapshot, run_id: str) -> frozenset[str]:
    rows = snapshot.table(TABLE)
    mine = rows.filter(rows["run_id"] == run_id, rows["part"] == "seed")
    return frozenset(mine.select("member_id").to_pyarrow()["member_id"].to_pylist())


def _counts(ranked: pa.Table) -> list[int]:
    """Return how many are at least 0, 1, … 100 alike."""
    rising = np.sort(ranked["similarity"].to_numpy())
    below = np.searchsorted(rising, np.arange(STEPS), side="left")
    return [int(ranked.num_rows - count) for count in below]


def _rows(run_id: str, seed: frozenset[str], ranked: pa.Table) -> pa.Table:
    schema = contract(TABLE).arrow_schema
    ids = sorted(seed)
    first = pa.table({
        "run_id": pa.array([run_id] * len(ids), pa.string()),
        "member_id": pa.array(ids, pa.string()),
        "part": pa.array(["seed"] * len(ids), pa.string()),
        "similarity": pa.nulls(len(ids), pa.float64()),
        "position": pa.nulls(len(ids), pa.int64()),
    })  # fmt: skip
    found = ranked.append_column("run_id", pa.array([run_id] * ranked.num_rows, pa.string()))
    found = found.append_column("part", pa.array(["found"] * ranked.num_rows, pa.string()))
    return pa.concat_tables([first, found.select(first.column_names)]).cast(schema)
