"""Reads of the audiences room: expansions, and whom one of them found."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import ibis.expr.types as ir

from regulars.apps.accounts.queries import ScopedLake
from regulars.apps.audiences.models import ExpansionRun
from regulars.apps.audiences.types import Expansion, ExpansionReport, ExpansionState, SeedKind
from regulars.base.errors import NotVisibleError

TABLE = "lookalikes"
SHOWN_MAX = 50


def expansions() -> tuple[Expansion, ...]:
    """Return the newest expansions; one query."""
    rows = ExpansionRun.objects.order_by("-requested_at", "-run_id")[:SHOWN_MAX]
    return tuple(map(_told, rows))


def expansion(run_id: str) -> Expansion:
    """Return one expansion; raise ``NotVisibleError`` when there is none."""
    row = ExpansionRun.objects.filter(pk=run_id).first()
    if row is None:
        raise NotVisibleError("there is no such expansion", fix="See the list of look-alikes")
    return _told(row)


def found_members(lake: ScopedLake, run_id: str, *, similarity_min: float = 0.0) -> ir.Table:
    """Return member_id, similarity and position of those in the scope who were found.

    Who was merged or erased since is no longer among them.
    """
    rows = lake.table(TABLE)
    mine = rows.filter(
        rows["run_id"] == run_id, rows["part"] == "found", rows["similarity"] >= similarity_min
    )
    mine = mine.semi_join(lake.table("members"), "member_id")
    return mine.select("member_id", "similarity", "position")


def _told(row: ExpansionRun) -> Expansion:
    given: dict[str, Any] = {one.name: getattr(row, one.name) for one in fields(Expansion)}
    given["state"], given["seed_kind"] = ExpansionState(row.state), SeedKind(row.seed_kind)
    given["counts"] = tuple(row.counts or ())
    if row.report is not None:
        held = dict(row.report)
        held["left_out"] = tuple(held["left_out"])
        held["traits"] = tuple((name, weight) for name, weight in held["traits"])
        given["report"] = ExpansionReport(**held)
    return Expansion(**given)
