"""What leaves the members room: frozen facts about members, identifiers, links and reviews."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db import models
from django.utils.translation import gettext_lazy as _


class MemberState(models.TextChoices):
    """Whether a member id stands for a person."""

    ACTIVE = "active", _("Active")
    MERGED = "merged", _("Merged")
    ERASED = "erased", _("Erased")


class IdentifierKind(models.TextChoices):
    """The typed keys of a person."""

    UNIONID = "unionid", _("WeChat UnionID")
    CARD_NO = "card_no", _("Card number")
    PHONE = "phone", _("Phone")
    OPENID = "openid", _("WeChat OpenID")
    EMAIL = "email", _("E-mail")
    POS_ID = "pos_id", _("POS id")
    DEVICE = "device", _("Device")


class LinkKind(models.TextChoices):
    """What happened to a link."""

    ATTACH = "attach", _("Identifier attached")
    MERGE = "merge", _("Members merged")
    UNMERGE = "unmerge", _("Members split")
    ERASE = "erase", _("Member erased")


class ReviewReason(models.TextChoices):
    """Why a person must decide."""

    LIMIT = "limit", _("Too many identifiers of one kind")
    RECYCLED_PHONE = "recycled_phone", _("The phone may have a new owner")
    SHARED_KEY = "shared_key", _("Many people carry this identifier")
    TWO_OWNERS = "two_owners", _("Two known members share this identifier")
    BY_HAND = "by_hand", _("Split by hand")


class ReviewState(models.TextChoices):
    """What came of a review."""

    OPEN = "open", _("Open")
    MERGED = "merged", _("Merged")
    KEPT_APART = "kept_apart", _("Kept apart")


@dataclass(frozen=True, slots=True)
class MaskedIdentifier:
    """An identifier as staff see it before a reveal."""

    identifier_id: int
    member_id: str
    kind: IdentifierKind
    masked: str
    verified: bool
    exclusive: bool
    source: str
    first_seen_at: datetime


@dataclass(frozen=True, slots=True)
class MemberRecord:
    """What the ledger knows of a member. Times are UTC; '' means unknown."""

    member_id: str
    state: MemberState
    home_store_id: str
    guide_id: str
    joined_at: datetime | None
    joined_channel: str
    joined_from_orders: bool
    merged_into: str | None
    source: str


@dataclass(frozen=True, slots=True)
class LinkEntry:
    """One line of a member's link history, newest first. ``undone`` only for merges."""

    event_id: int
    kind: LinkKind
    at: datetime
    member_id: str
    other_id: str | None
    identifier_kind: IdentifierKind | None
    identifier_masked: str
    source: str
    actor_name: str
    undone: bool


@dataclass(frozen=True, slots=True)
class ReviewSide:
    """One of the two members of a review."""

    member: MemberRecord
    identifiers: tuple[MaskedIdentifier, ...]


@dataclass(frozen=True, slots=True)
class Review:
    """Two members and the identifier that raised the question."""

    review_id: int
    reason: ReviewReason
    state: ReviewState
    left: ReviewSide
    right: ReviewSide
    identifier_kind: IdentifierKind | None
    identifier_masked: str
    source: str
    opened_at: datetime
    decided_at: datetime | None
    decided_by: str


@dataclass(frozen=True, slots=True)
class ReviewPage:
    """One page of reviews, newest first, and how many there are in all."""

    reviews: tuple[Review, ...]
    number: int
    pages: int
    total: int


@dataclass(frozen=True, slots=True)
class IdentityCounts:
    """How many members, identifiers and reviews the ledger holds."""

    active: int
    merged: int
    erased: int
    identifiers: dict[str, int]
    reviews_open: int


@dataclass(frozen=True, slots=True)
class IdentifierClaim:
    """An identifier as somebody gives it; ``verified``: it was shown to be theirs."""

    kind: str
    value: str
    verified: bool


@dataclass(frozen=True, slots=True)
class NewMember:
    """A person who joins. '' and None are unknown; without ``joined_at`` they join now."""

    identifiers: tuple[IdentifierClaim, ...]
    name: str = ""
    gender: str = ""
    birth_date: date | None = None
    joined_at: datetime | None = None
    joined_channel: str = ""
    home_store_id: str = ""
    guide_id: str = ""


@dataclass(frozen=True, slots=True)
class MemberChange:
    """What changes of a member. None leaves a value as it is; '' takes a name or a guide away."""

    identifiers: tuple[IdentifierClaim, ...] = ()
    name: str | None = None
    gender: str | None = None
    birth_date: date | None = None
    home_store_id: str | None = None
    guide_id: str | None = None


@dataclass(frozen=True, slots=True)
class MemberProfile:
    """A member as other systems may see them: identifiers and name masked, '' means unknown."""

    record: MemberRecord
    identifiers: tuple[MaskedIdentifier, ...]
    name_masked: str
    gender: str
    birth_date: date | None
