"""How many members a tag would have, before it is saved."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import ibis

from regulars.apps.accounts.queries import scoped
from regulars.apps.accounts.services.access import require
from regulars.apps.accounts.types import Actor, Capability
from regulars.apps.tags.queries import vocabulary
from regulars.apps.tags.rules.meaning import buckets_of, tag_rule
from regulars.apps.tags.services.definitions import demand_fitting
from regulars.apps.tags.types import TagDefinition
from regulars.base.errors import RuleError
from regulars.lake import Lake, Snapshot
from regulars.science.rules import compile_choices
from regulars.science.tags import TagFigures, figures_of, query_values

SECONDS_MAX = 10


@dataclass(frozen=True, slots=True)
class Preview:
    """What the tag would be, as of a date, among all members."""

    figures: TagFigures
    as_of: date


def preview(actor: Actor, lake: Lake, definition: TagDefinition, as_of: date) -> Preview:
    """Decide the tag without keeping anything.

    Raises:
        RefusedError: The actor may not edit tags; who may sees every member.
        RuleError: A rule or query does not fit, or the values are not decided but given; ``where``
            says the field and the character.
    """
    require(actor, Capability.EDIT_TAGS)
    if not definition.made_by.is_dynamic:
        raise RuleError("its values are given, there is nothing to count", where="made_by")
    with lake.snapshot() as snapshot:
        return _previewed(snapshot, actor, definition, as_of)


def _previewed(snapshot: Snapshot, actor: Actor, definition: TagDefinition, as_of: date) -> Preview:
    known = vocabulary(snapshot)
    demand_fitting(definition, [one for one in known.fields.values() if one.only is not None])
    rule = tag_rule(definition, known)
    code = definition.code
    if rule.choice is not None:
        rows = compile_choices({code: rule.choice}, snapshot, as_of, vocabulary=known)
    else:
        found = query_values(
            snapshot, rule.query, as_of, numeric=rule.numeric, seconds_max=SECONDS_MAX
        )
        members = scoped(snapshot, actor.scope).table("members").select("member_id")
        values = ibis.memtable(found.rename_columns(["member_id", code]))
        rows = members.left_join(values, "member_id").drop("member_id_right")
    figures = figures_of(rows, code, numeric=rule.numeric, buckets=buckets_of(definition))
    return Preview(figures, as_of)
