"""Tags, categories and what is known of them, as they leave the room."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db import models
from django.utils.translation import gettext_lazy as _

from regulars.apps.tags.types.definition import TagDefinition


@dataclass(frozen=True, slots=True)
class Category:
    """A node of the tree of tags; ``path`` are the codes from level 1 down to itself."""

    code: str
    level: int
    parent: str
    name_zh: str
    name_en: str
    path: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TagState:
    """What the last refresh made of a tag.

    ``members`` of ``everybody`` have a value as of ``as_of``; ``error`` says why it failed.
    """

    as_of: date
    first_as_of: date
    computed_at: datetime
    members: int
    everybody: int
    error: str

    @property
    def coverage(self) -> float:
        """The share of members that have a value, 0 to 1."""
        return self.members / self.everybody if self.everybody else 0.0


@dataclass(frozen=True, slots=True)
class Tag:
    """A tag in its current version; ``state`` is None before its first refresh."""

    definition: TagDefinition
    version: int
    pack: str
    saved_at: datetime
    saved_by: str
    created_at: datetime
    used_at: datetime | None
    state: TagState | None
    path: tuple[str, ...]

    @property
    def code(self) -> str:
        """The tag's name in rules and tables."""
        return self.definition.code


@dataclass(frozen=True, slots=True)
class VersionLine:
    """One version of a tag, newest first."""

    number: int
    definition: TagDefinition
    saved_at: datetime
    saved_by: str


@dataclass(frozen=True, slots=True)
class TagUse:
    """Something that uses a tag: its kind, such as tag or audience, its id and its name."""

    kind: str
    object_id: str
    name: str


class ReviewReason(models.TextChoices):
    """Why somebody should look at a tag."""

    UNUSED = "unused", _("Unused for 90 days")
    STALE = "stale", _("Past its update period")
    FAILED = "failed", _("Its last refresh failed")


@dataclass(frozen=True, slots=True)
class ReviewLine:
    """A tag that somebody should look at, and why; ``since`` when, if that is known."""

    code: str
    reason: ReviewReason
    since: datetime | None


@dataclass(frozen=True, slots=True)
class MemberTag:
    """One tag of one member.

    ``value`` is the number or the value's code; ``probability`` and ``model_version`` are of tags
    that a model makes. ``source`` says where it comes from: the definition's words, or who gave it.
    """

    code: str
    name_zh: str
    name_en: str
    value: str | float
    value_zh: str
    value_en: str
    source: str
    as_of: date
    made_by: str
    derivation: str
    probability: float | None = None
    model_version: str = ""


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What came of an import: rows given, and (row number, why) of those refused."""

    given: int
    refused: tuple[tuple[int, str], ...]
