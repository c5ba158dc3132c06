"""The tags of one member, for Member 360."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from regulars.apps.accounts.types import Capability
from regulars.apps.tags.queries import categories, member_tags, tags
from regulars.apps.tags.types import MadeBy, MemberTag, Tag
from regulars.console.contexts.tags.centre import tag_url
from regulars.console.contexts.tags.wording import named, told
from regulars.console.desk import Desk


@dataclass(frozen=True, slots=True)
class TagChip:
    """One tag of the member: its name, value, source and date in words."""

    held: MemberTag
    name: str
    value: str
    url: str


@dataclass(frozen=True, slots=True)
class ChipGroup:
    """The tags of one top node of the tree."""

    name: str
    chips: tuple[TagChip, ...]


@dataclass(frozen=True, slots=True)
class Giving:
    """A tag that staff may give by hand, with its values as (code, name)."""

    code: str
    name: str
    values: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class MemberTags:
    """The panel."""

    member_id: str
    groups: tuple[ChipGroup, ...]
    giving: tuple[Giving, ...]


def member_panel(desk: Desk, member_id: str) -> MemberTags:
    """Return the panel; raise ``NotVisibleError`` for a member outside the scope."""
    every = tags()
    held = member_tags(desk.lake, member_id, every)
    may_give = desk.actor.may(Capability.ASSIGN_TAGS)
    return MemberTags(
        member_id=member_id,
        groups=tuple(_groups(held, every)),
        giving=tuple(_giving(every)) if may_give else (),
    )


def _groups(held: tuple[MemberTag, ...], every: tuple[Tag, ...]) -> Iterator[ChipGroup]:
    top = {tag.code: tag.path[0] for tag in every}
    names = {node.code: named(node) for node in categories()}
    # A tag that says no more than "yes" needs no value beside its name.
    for code, several in groupby(held, key=lambda one: top[one.code]):
        chips = (
            TagChip(
                one,
                named(one),
                "" if one.value == "yes" else told(one.value_zh, one.value_en),
                tag_url(one.code),
            )
            for one in several
        )
        yield ChipGroup(names[code], tuple(chips))


def _giving(every: tuple[Tag, ...]) -> Iterator[Giving]:
    for tag in every:
        if tag.definition.made_by == MadeBy.HAND:
            values = tuple((value.code, named(value)) for value in tag.definition.values)
            yield Giving(tag.code, named(tag.definition), values)
