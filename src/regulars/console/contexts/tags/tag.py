"""One tag: what it says, how many have which value, what it is made of, what uses it."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from regulars.apps.accounts.types import Capability
from regulars.apps.tags.queries import (
    categories,
    figures,
    inputs_of,
    tag_named,
    tags,
    uses_of,
    versions,
    vocabulary,
)
from regulars.apps.tags.types import Category, Tag, TagDefinition, VersionLine
from regulars.console.contexts import wording
from regulars.console.contexts.addresses import members_url
from regulars.console.contexts.charts import Chart, ChartColumn
from regulars.console.contexts.tags.centre import Node, node_url, tag_url, tree
from regulars.console.contexts.tags.uses import UseRow, use_rows
from regulars.console.contexts.tags.wording import named, told
from regulars.console.desk import Desk
from regulars.science.rules import Vocabulary
from regulars.science.tags import TagFigures


@dataclass(frozen=True, slots=True)
class Fact:
    """One number about the tag, with a word beside it."""

    label: str
    value: str
    note: str


@dataclass(frozen=True, slots=True)
class RuleLine:
    """One value and the rule that gives it, as the definition writes it."""

    code: str
    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Input:
    """Something the tag is made of; a tag leads to its page."""

    name: str
    label: str
    url: str


@dataclass(frozen=True, slots=True)
class TagPage:
    """The page of one tag."""

    tag: Tag
    name: str
    meaning: str
    crumbs: tuple[tuple[str, str], ...]
    tree: tuple[Node, ...]
    facts: tuple[Fact, ...]
    chart: Chart
    rules: tuple[RuleLine, ...]
    inputs: tuple[Input, ...]
    uses: tuple[UseRow, ...]
    versions: tuple[VersionLine, ...]
    may_edit: bool


def tag_page(desk: Desk, code: str) -> TagPage:
    """Return the page; raise ``NotVisibleError`` when there is no such tag."""
    tag, every, nodes = tag_named(code), tags(), categories()
    one, known = tag.definition, vocabulary(desk.whole)
    found = figures(desk.lake, one)
    return TagPage(
        tag=tag,
        name=named(one),
        meaning=told(one.definition_zh, one.definition_en),
        crumbs=_crumbs(tag, nodes),
        tree=tree(every, nodes, active=tag.path[-1]),
        facts=_facts(tag, found),
        chart=_chart(desk, one, found),
        rules=tuple(_rules(one)),
        inputs=_inputs(one, known),
        uses=use_rows(uses_of(code, known), every),
        versions=versions(code),
        may_edit=desk.actor.may(Capability.EDIT_TAGS),
    )


def _crumbs(tag: Tag, nodes: tuple[Category, ...]) -> tuple[tuple[str, str], ...]:
    names = {node.code: named(node) for node in nodes}
    return tuple((names[code], node_url(code)) for code in tag.path)


def _facts(tag: Tag, found: TagFigures | None) -> tuple[Fact, ...]:
    one, state = tag.definition, tag.state
    covered = Fact(_("Coverage"), "–", _("not refreshed yet"))
    if found is not None:
        of = _("%(members)s of %(everybody)s members") % {
            "members": wording.count(found.members),
            "everybody": wording.count(found.everybody),
        }
        covered = Fact(_("Coverage"), wording.percent(found.coverage), of)
    days = one.update_days or 0
    cycle = ngettext("update cycle: every day", "update cycle: every %(days)d days", days)
    cycle = cycle % {"days": days} if days else _("update cycle: never")
    median = found.median if found else None
    facts = [
        covered,
        Fact(_("As of"), state.as_of.isoformat() if state else "–", cycle),
        Fact(_("Kind of value"), str(one.value_type.label), str(one.volatility.label)),
        Fact(_("Made by"), str(one.made_by.label), str(one.derivation.label)),
        Fact(_("Answers for it"), one.owner, one.source),
        Fact(_("Version"), str(tag.version), f"{tag.saved_at:%Y-%m-%d} · {tag.saved_by}"),
    ]
    if median is not None:
        facts.insert(1, Fact(_("Median"), wording.decimal(median), _("half of them have less")))
    return tuple(facts)


def _chart(desk: Desk, one: TagDefinition, found: TagFigures | None) -> Chart:
    names = {value.code: named(value) for value in one.values}
    names |= {bucket.code: named(bucket) for bucket in one.buckets}
    shares = found.shares if found else ()
    members = found.members if found else 0
    return Chart(
        chart_id="distribution",
        kind="bars",
        title=_("Distribution"),
        note=_("members of your scope, by value"),
        columns=(
            ChartColumn(pgettext("of a tag", "Value")),
            ChartColumn(_("Members"), "count"),
            ChartColumn(_("Share"), "percent"),
        ),
        rows=tuple((names.get(code, code), many, many / members) for code, many in shares),
        links=tuple(
            # A range that was made of the numbers found is no value anybody has.
            members_url(tag=one.code, tag_value=code) if one.buckets or not one.is_numeric else ""
            for code, _many in shares
        ),
        currency=desk.currency,
        file=f"tag-{one.code}",
    )


def _rules(one: TagDefinition) -> list[RuleLine]:
    if one.query:
        return [RuleLine("", "SQL", one.query)]
    if one.take:
        return [RuleLine("", _("The value is"), one.take)]
    rest = _("everybody else") if one.made_by.is_dynamic else ""
    return [RuleLine(value.code, named(value), value.when or rest) for value in one.values]


def _inputs(one: TagDefinition, known: Vocabulary) -> tuple[Input, ...]:
    found = []
    for name in inputs_of(one, known):
        field, fact = known.fields.get(name), known.facts.get(name)
        label = field.label if field else fact.label if fact else None
        url = tag_url(name.removeprefix("tag.")) if name.startswith("tag.") else ""
        found.append(Input(name, told(label.zh, label.en) if label else "", url))
    return tuple(found)
