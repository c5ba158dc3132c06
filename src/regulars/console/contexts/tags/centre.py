"""The tag centre: the tree, the tags of a node that pass the filters, and the review."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from urllib.parse import urlencode

from django.db.models import Choices
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from regulars.apps.accounts.types import Capability
from regulars.apps.tags.queries import categories, review_list, tags, vocabulary
from regulars.apps.tags.queries.values import coverage, everybody
from regulars.apps.tags.types import (
    Category,
    Derivation,
    MadeBy,
    Origin,
    ReviewLine,
    Tag,
    ValueType,
)
from regulars.console.contexts.tags.wording import named
from regulars.console.desk import Desk

FILTERS: Mapping[str, type[Choices]] = {
    "made_by": MadeBy,
    "origin": Origin,
    "derivation": Derivation,
    "value_type": ValueType,
}


@dataclass(frozen=True, slots=True)
class Node:
    """A node of the tree: how many tags it and all below it hold, and where it leads.

    ``open`` are those on top and those of the branch that is looked at: all a phone has room for.
    """

    name: str
    level: int
    tags: int
    url: str
    active: bool
    open: bool = True


@dataclass(frozen=True, slots=True)
class TagRow:
    """One tag in the list."""

    tag: Tag
    name: str
    category: str
    url: str
    made_by: str
    origin: str
    derivation: str
    members: int | None
    share: float
    as_of: date | None


@dataclass(frozen=True, slots=True)
class Picker:
    """One filter: its parameter, what it is called, its choices, and the one chosen."""

    name: str
    label: str
    choices: tuple[tuple[str, str], ...]
    chosen: str


@dataclass(frozen=True, slots=True)
class ReviewRow:
    """A tag that somebody should look at, and why."""

    name: str
    url: str
    line: ReviewLine


@dataclass(frozen=True, slots=True)
class Centre:
    """The page. ``total`` tags there are in all."""

    tree: tuple[Node, ...]
    rows: tuple[TagRow, ...]
    pickers: tuple[Picker, ...]
    reviews: tuple[ReviewRow, ...]
    category: str
    search: str
    total: int
    may_edit: bool


def centre(desk: Desk, asked: Mapping[str, str]) -> Centre:
    """Return the tags that ``asked`` chooses: a node and all below it, kinds, words."""
    every, nodes = tags(), categories()
    node = asked.get("category", "")
    chosen = {name: asked.get(name, "") for name in FILTERS}
    search = asked.get("q", "").strip()
    shown = [tag for tag in every if _passes(tag, node, chosen, search)]
    may_edit = desk.actor.may(Capability.EDIT_TAGS)
    found = review_list(every, vocabulary(desk.whole), timezone.now()) if may_edit else ()
    called = {tag.code: named(tag.definition) for tag in every}
    return Centre(
        tree=tree(every, nodes, active=node, kept=chosen | {"q": search}),
        rows=_rows(desk, shown, nodes),
        pickers=_pickers(chosen),
        reviews=tuple(ReviewRow(called[one.code], tag_url(one.code), one) for one in found),
        category=node,
        search=search,
        total=len(every),
        may_edit=may_edit,
    )


def tree(
    every: Iterable[Tag],
    nodes: Iterable[Category],
    *,
    active: str,
    kept: Mapping[str, str] = MappingProxyType({}),
) -> tuple[Node, ...]:
    """Return the tree with all tags on top; its addresses keep the filters ``kept``."""
    several, places = tuple(every), tuple(nodes)
    held = [code for tag in several for code in tag.path]
    branch = next((one.path for one in places if one.code == active), ())
    top = Node(_("All tags"), 0, len(several), node_url("", kept), not active)
    below = [
        Node(
            name=named(one),
            level=one.level,
            tags=held.count(one.code),
            url=node_url(one.code, kept),
            active=one.code == active,
            open=one.level == 1 or one.parent in branch,
        )
        for one in places
    ]
    return (top, *below)


def node_url(category: str, kept: Mapping[str, str] = MappingProxyType({})) -> str:
    """Return the address of a node of the tree, with the filters ``kept``."""
    said = {name: value for name, value in {"category": category, **kept}.items() if value}
    return reverse("console:tags") + (f"?{urlencode(said)}" if said else "")


def tag_url(code: str) -> str:
    """Return the address of a tag."""
    return reverse("console:tag", args=[code])


def _passes(tag: Tag, node: str, chosen: Mapping[str, str], search: str) -> bool:
    one = tag.definition
    words = f"{one.code} {one.name_zh} {one.name_en} {one.definition_zh} {one.definition_en}"
    return (
        (not node or node in tag.path)
        and all(not value or str(getattr(one, name)) == value for name, value in chosen.items())
        and search.lower() in words.lower()
    )


def _rows(desk: Desk, shown: list[Tag], nodes: Iterable[Category]) -> tuple[TagRow, ...]:
    names = {node.code: named(node) for node in nodes}
    counted = _counted(desk, shown)
    return tuple(
        TagRow(
            tag=tag,
            name=named(tag.definition),
            category=names[tag.path[-1]],
            url=tag_url(tag.code),
            made_by=str(tag.definition.made_by.label),
            origin=str(tag.definition.origin.label),
            derivation=str(tag.definition.derivation.label),
            members=counted[tag.code][0] if tag.code in counted else None,
            share=_share(*counted.get(tag.code, (0, 0))),
            as_of=tag.state.as_of if tag.state else None,
        )
        for tag in shown
    )


def _counted(desk: Desk, shown: list[Tag]) -> dict[str, tuple[int, int]]:
    """Return, by tag, how many members of the reader's scope have it, and how many there are."""
    if desk.lake.scope.is_hq:
        held = [(tag, tag.state) for tag in shown]
        return {tag.code: (state.members, state.everybody) for tag, state in held if state}
    total = everybody(desk.lake)
    found = coverage(desk.lake, [tag.code for tag in shown])
    return {code: (members, total) for code, members in found.items()}


def _share(members: int, of: int) -> float:
    return members / of if of else 0.0


def _pickers(chosen: Mapping[str, str]) -> tuple[Picker, ...]:
    labels = {
        "made_by": _("Made by"),
        "origin": _("Origin"),
        "derivation": _("Derivation"),
        "value_type": _("Kind of value"),
    }
    return tuple(
        Picker(name, labels[name], tuple((str(v), str(label)) for v, label in kind.choices), value)
        for (name, kind), value in zip(FILTERS.items(), chosen.values(), strict=True)
    )
