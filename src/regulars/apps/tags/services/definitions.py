"""Definitions written: a version more each time, and nothing deleted that is used."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress

from django.db import transaction as ledger
from django.db.models import Max
from django.utils import timezone

from regulars.apps.accounts.services import audit
from regulars.apps.accounts.services.access import require
from regulars.apps.accounts.types import Action, Actor, Capability
from regulars.apps.tags import models
from regulars.apps.tags.queries import definitions, uses_of, vocabulary
from regulars.apps.tags.rules.meaning import tag_rule, words
from regulars.apps.tags.rules.stored import to_document
from regulars.apps.tags.rules.whole import demand_whole
from regulars.apps.tags.types import TagDefinition
from regulars.base.errors import NotVisibleError, RefusedError, RuleError
from regulars.lake import Lake
from regulars.science.rules import Field, Vocabulary
from regulars.science.tags.rules import TagRule, ordered

TAGS_MAX = 1_000


def save_tag(
    actor: Actor | None, lake: Lake, definition: TagDefinition, *, must_be_new: bool = False
) -> int:
    """Save a new tag, or a new version of one; return the version's number.

    Saving what it says already changes nothing. Without an actor it is the system. With
    ``must_be_new`` a tag that has the code already stays as it is.

    Raises:
        RefusedError: The actor may not edit tags.
        RuleError: A mandatory part is missing, a rule or query does not fit, the tags would need
            each other in a circle, the kind of value would change, or the code is taken by a tag;
            ``where`` names the field.
    """
    if actor is not None:
        require(actor, Capability.EDIT_TAGS)
    demand_whole(definition)
    with lake.snapshot() as snapshot:
        known = vocabulary(snapshot, [definition])
        demand_fitting(definition, _attributes(known))
    with ledger.atomic():
        return _save(actor, definition, must_be_new=must_be_new)


def save_shipped(
    lake: Lake, wanted: Iterable[tuple[str, int, TagDefinition]], *, actor: Actor | None = None
) -> None:
    """Save new tags of packs, as (pack, position, definition): all of them, or none.

    Raises:
        RuleError: One of them is not whole, or does not fit.
    """
    several = list(wanted)
    others = definitions()
    with lake.snapshot() as snapshot:
        known = vocabulary(snapshot, [*others, *(one for _pack, _place, one in several)])
    for _pack, _place, one in several:
        demand_whole(one)
    new = [tag_rule(one, known) for _pack, _place, one in several]
    ordered([*_fitting(others, known), *new], known)
    with ledger.atomic():
        for pack, place, one in several:
            _save(actor, one, pack=pack, position=place)


def demand_fitting(definition: TagDefinition, attributes: Iterable[Field]) -> None:
    """Raise ``RuleError`` unless the tag's rules fit, alone and among the other tags.

    What is wrong with another tag, as when a column it reads is gone, is no fault of this one.
    """
    others = [one for one in definitions() if one.code != definition.code]
    if len(others) >= TAGS_MAX:
        raise RuleError(f"there are {TAGS_MAX:,} tags already", where="code")
    among = [*others, definition]
    known = words(among, declared=attributes)
    ordered([*_fitting(others, known), tag_rule(definition, known)], known)


def _fitting(several: Iterable[TagDefinition], known: Vocabulary) -> list[TagRule]:
    """Return the rules of those that can be decided as things are."""
    found = []
    for one in several:
        with suppress(RuleError):
            found.append(tag_rule(one, known))
    return found


def delete_tag(actor: Actor | None, lake: Lake, code: str) -> None:
    """Delete a tag with all its versions; its values go with the next refresh.

    Raises:
        NotVisibleError: There is no such tag.
        RefusedError: The actor may not edit tags, or something uses the tag.
    """
    if actor is not None:
        require(actor, Capability.EDIT_TAGS)
    with ledger.atomic():
        tag = models.TagEntry.objects.select_for_update().filter(code=code).first()
        if tag is None:
            raise NotVisibleError(f"there is no tag {code!r}", fix="See the list of tags")
        with lake.snapshot() as snapshot:
            uses = uses_of(code, vocabulary(snapshot))
        if uses:
            listed = ", ".join(f"{use.kind} {use.name}" for use in uses)
            raise RefusedError(
                f"the tag is used by {listed}", where=f"tag {code}", fix="Take it out there first"
            )
        audit.record(
            actor, Action.CHANGE, object_kind="tag", object_id=code, detail={"deleted": True}
        )
        tag.delete()


def save_category(
    code: str, *, name_zh: str, name_en: str, parent: str = "", position: int = 0
) -> None:
    """Make a node of the tree, or give it other names.

    Raises:
        RuleError: The parent does not exist, or is on the lowest level.
    """
    above = models.CategoryNode.objects.filter(code=parent).first() if parent else None
    if parent and above is None:
        raise RuleError(f"there is no category {parent!r}", where=f"category {code}")
    level = above.level + 1 if above else 1
    if level > models.LEVELS:
        raise RuleError(f"the tree has {models.LEVELS} levels", where=f"category {code}")
    given = {"parent": above, "level": level, "name_zh": name_zh, "name_en": name_en}
    models.CategoryNode.objects.update_or_create(code=code, defaults=given | {"position": position})


def note_use(codes: Iterable[str]) -> None:
    """Note that the tags are used now; upper rooms say so when they evaluate what names them."""
    models.TagEntry.objects.filter(code__in=list(codes)).update(used_at=timezone.now())


def _save(
    actor: Actor | None,
    definition: TagDefinition,
    *,
    pack: str = "",
    position: int = 0,
    must_be_new: bool = False,
) -> int:
    category = models.CategoryNode.objects.filter(code=definition.category).first()
    if category is None:
        raise RuleError(f"there is no category {definition.category!r}", where="category")
    now, by = timezone.now(), actor.username if actor else audit.SYSTEM
    tag, made = models.TagEntry.objects.select_for_update().get_or_create(
        code=definition.code,
        defaults={
            "category": category,
            "version": 0,
            "pack": pack,
            "position": position,
            "created_at": now,
        },
    )
    if must_be_new and not made:
        raise RuleError(
            "another tag has this code", where="code", fix="Choose another, or edit that tag"
        )
    document = to_document(definition)
    last = models.TagVersion.objects.filter(tag=tag, number=tag.version).first()
    if last is not None and last.definition == document:
        return tag.version
    if last is not None and last.definition.get("value_type") != document.get("value_type"):
        raise RuleError(
            "the kind of value cannot change", where="value_type", fix="Make another tag"
        )
    highest = models.TagVersion.objects.filter(tag=tag).aggregate(highest=Max("number"))["highest"]
    tag.version, tag.category = (highest or 0) + 1, category
    tag.save(update_fields=["version", "category"])
    models.TagVersion.objects.create(
        tag=tag, number=tag.version, definition=document, saved_at=now, saved_by=by
    )
    audit.record(
        actor,
        Action.CREATE if made else Action.CHANGE,
        object_kind="tag",
        object_id=definition.code,
        detail={"version": tag.version},
    )
    return tag.version


def _attributes(known: Vocabulary) -> list[Field]:
    return [field for field in known.fields.values() if field.only is not None]
