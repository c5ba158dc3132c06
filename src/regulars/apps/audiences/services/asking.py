"""An expansion asked for: what is wrong with it is said before anybody waits."""

from __future__ import annotations

from datetime import date

import pyarrow as pa
from django.utils import timezone

from regulars.apps.accounts.services import audit
from regulars.apps.accounts.services.access import require
from regulars.apps.accounts.types import Action, Actor, Capability
from regulars.apps.audiences.models import ExpansionRun
from regulars.apps.audiences.queries import TABLE
from regulars.apps.audiences.types import Seed
from regulars.apps.tags.queries import vocabulary
from regulars.base.errors import NotVisibleError, RuleError
from regulars.base.ids import new_id
from regulars.lake import Lake
from regulars.lake.contracts import contract
from regulars.science.rules import from_text

SEED_MAX = 500_000
TITLE_MAX = 80
KEPT_MAX = 50


def ask_expansion(
    actor: Actor | None,
    lake: Lake,
    seed: Seed,
    *,
    title: str,
    as_of: date,
    excluded_rule: str = "",
    by: str = audit.SYSTEM,
) -> str:
    """Keep what is asked and return the id under which `work_out` answers it.

    Of more than fifty expansions the oldest goes, with its members. Without an actor it is ``by``
    the system.

    Raises:
        NotVisibleError: The actor does not see every member: an expansion compares all of them.
        RefusedError: The actor may not edit tags.
        RuleError: A rule does not fit (``where``: seed or excluded), the list is too long, or the
            title missing.
    """
    demand_everybody(actor, Capability.EDIT_TAGS)
    title = title.strip()
    if not 0 < len(title) <= TITLE_MAX:
        raise RuleError(f"a title has 1 to {TITLE_MAX} characters", where="title")
    if len(seed.members) > SEED_MAX:
        raise RuleError(f"a seed has at most {SEED_MAX:,} members", where="seed")
    with lake.snapshot() as snapshot:
        known = vocabulary(snapshot)
    for where, rule in (("seed", seed.rule), ("excluded", excluded_rule)):
        if rule.strip():
            try:
                from_text(rule, known)
            except RuleError as error:
                raise RuleError(
                    error.what, where=f"{where}, {error.where}", fix=error.fix
                ) from None
    run_id = new_id("x")
    _make_room(lake)
    if seed.members:
        _keep_seed(lake, run_id, seed.members)
    ExpansionRun.objects.create(
        run_id=run_id,
        title=title,
        seed_kind=seed.kind,
        seed_rule=seed.rule.strip(),
        excluded_rule=excluded_rule.strip(),
        as_of=as_of,
        requested_by=actor.username if actor else by,
        requested_at=timezone.now(),
    )
    detail = {"seed": str(seed.kind), "members": len(seed.members)}
    audit.record(
        actor, Action.CREATE, object_kind="look_alike", object_id=run_id, detail=detail, by=by
    )
    return run_id


def demand_everybody(actor: Actor | None, capability: Capability) -> None:
    """Raise unless the actor has the capability and sees every member."""
    if actor is None:
        return
    require(actor, capability)
    if not actor.scope.is_hq:
        raise NotVisibleError("look-alikes are found among all members", fix="Ask headquarters")


def _keep_seed(lake: Lake, run_id: str, members: tuple[str, ...]) -> None:
    ids = sorted(set(members))
    held = {"run_id": [run_id] * len(ids), "member_id": ids, "part": ["seed"] * len(ids)}
    schema = contract(TABLE).arrow_schema
    rows = pa.Table.from_pylist(
        [dict(zip(held, row, strict=True)) for row in zip(*held.values(), strict=True)], schema
    )
    with lake.transaction(note="the seed of look-alikes") as transaction:
        transaction.replace_partition(TABLE, rows, partition={"run_id": run_id})


def _make_room(lake: Lake) -> None:
    kept = ExpansionRun.objects.order_by("-requested_at", "-run_id").values_list("pk", flat=True)
    old = list(kept[KEPT_MAX - 1 :])
    if not old:
        return
    nobody = contract(TABLE).arrow_schema.empty_table()
    with lake.transaction(note="old look-alikes go") as transaction:
        for run_id in old:
            transaction.replace_partition(TABLE, nobody, partition={"run_id": run_id})
    ExpansionRun.objects.filter(pk__in=old).delete()
