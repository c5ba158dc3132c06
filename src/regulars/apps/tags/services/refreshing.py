"""The tags refreshed: science decides, the ledger remembers how it went."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime

import ibis.expr.types as ir
from django.db import transaction as ledger
from django.utils import timezone

from regulars.apps.tags import models
from regulars.apps.tags.queries import counts_of, definitions, vocabulary
from regulars.apps.tags.rules.meaning import tag_rule
from regulars.apps.tags.types import MadeBy, TagDefinition
from regulars.base.errors import RuleError
from regulars.lake import Lake
from regulars.science.rules import Vocabulary
from regulars.science.tags import TagReport, TagRule, refresh_tags


def refresh_all_tags(lake: Lake, as_of: date, *, full: bool = False) -> TagReport | None:
    """Decide every tag as of the date and note how it went; None when there is no tag.

    A tag whose rule no longer fits, as when a column is gone, is left out with those that need it,
    and its error is noted. A query that failed for everybody keeps its error until everybody is
    asked again, though it may answer for the few that something touched.

    Raises:
        LakeBusyError: Another refresh of the tags was quicker.
    """
    wanted = definitions()
    if not wanted:
        return None
    with lake.snapshot() as snapshot:
        known = vocabulary(snapshot, wanted)
    rules, errors = _rules(wanted, known)
    report = refresh_tags(lake, as_of, rules, vocabulary=known, full=full)
    errors |= report.errors
    if report.run.state == "done":
        _note(lake, as_of, wanted, errors, whole=report.run.mode == "full")
    else:
        _note_nothing_moved(wanted)
    return replace(report, errors=errors)


def _rules(
    wanted: Iterable[TagDefinition], known: Vocabulary
) -> tuple[list[TagRule], dict[str, str]]:
    rules: list[TagRule] = []
    errors: dict[str, str] = {}
    for one in wanted:
        try:
            rules.append(tag_rule(one, known))
        except RuleError as error:
            errors[one.code] = str(error)
    while waiting := _needing(rules, known, errors):
        errors |= waiting
        rules = [rule for rule in rules if rule.code not in waiting]
    return rules, errors


def _needing(
    rules: Iterable[TagRule], known: Vocabulary, errors: Collection[str]
) -> dict[str, str]:
    """Return the tags that are made of one which failed, and what to say of them."""
    found: dict[str, str] = {}
    for rule in rules:
        tags = {name.removeprefix("tag.") for uses in rule.uses(known) for name in uses.tags}
        if failed := sorted(tags.intersection(errors)):
            found[rule.code] = f"it is made of the tag {failed[0]}, which failed"
    return found


def _note_nothing_moved(wanted: Iterable[TagDefinition]) -> None:
    """Note that the values were found to be right a moment ago."""
    computed = [one.code for one in wanted if one.made_by.is_dynamic]
    runs = models.TagRun.objects.filter(tag__code__in=computed, error="")
    runs.update(computed_at=timezone.now())


def _note(
    lake: Lake,
    as_of: date,
    wanted: Iterable[TagDefinition],
    errors: Mapping[str, str],
    *,
    whole: bool,
) -> None:
    with lake.snapshot() as snapshot:
        rows = snapshot.table("tags")
        members = counts_of(rows, [one.code for one in wanted])
        everybody = int(rows.count().to_pyarrow().as_py())
        given = _last_given(snapshot.table("tag_assignments"))
    now = timezone.now()
    with ledger.atomic():
        ids = dict(models.TagEntry.objects.values_list("code", "pk"))
        held = {state.tag_id: state for state in models.TagRun.objects.all()}
        states = []
        for one in wanted:
            tag_id = ids.get(one.code)
            if tag_id is None:  # deleted meanwhile
                continue
            before = held.get(tag_id)
            error = errors.get(one.code, "")
            if before and not whole and one.made_by is MadeBy.SQL:
                error = error or before.error
            at = now if one.made_by.is_dynamic else given.get(one.code, now)
            states.append(
                models.TagRun(
                    tag_id=tag_id,
                    as_of=before.as_of if before and error else as_of,
                    first_as_of=before.first_as_of if before else as_of,
                    computed_at=before.computed_at if before and error else at,
                    members=members.get(one.code, 0),
                    everybody=everybody,
                    error=error,
                )
            )
        models.TagRun.objects.bulk_create(
            states,
            update_conflicts=True,
            unique_fields=["tag"],
            update_fields=["as_of", "first_as_of", "computed_at", "members", "everybody", "error"],
        )


def _last_given(assignments: ir.Table) -> dict[str, datetime]:
    """Return when somebody last gave each tag that is not computed."""
    last = assignments.group_by("tag").agg(at=assignments["assigned_at"].max())
    return {row["tag"]: row["at"] for row in last.to_pyarrow().to_pylist()}
