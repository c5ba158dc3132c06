"""Tables of the members room: members, sealed identifiers, the log of links, reviews."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from regulars.apps.members.rules.kinds import KIND_ORDER
from regulars.apps.members.types import LinkKind, MemberState, ReviewReason, ReviewState


class Member(models.Model):
    """A person under an id for life; ``merged_into`` says who stands for a merged one.

    While ``joined_from_orders`` is set, nobody registered them that we know of: store, channel
    and time of joining are those of the first order. ``name_hash`` (64 bits of the keyed hash),
    ``birth_date`` and ``gender`` are what sources first said; they tell people apart who share a
    phone, and nothing else is done with them.
    """

    member_id = models.CharField(max_length=32, primary_key=True)
    home_store_id = models.CharField(max_length=64, blank=True)
    guide_id = models.CharField(max_length=64, blank=True)
    joined_at = models.DateTimeField(null=True)
    joined_channel = models.CharField(max_length=20, blank=True)
    joined_from_orders = models.BooleanField(default=True)
    name_hash = models.BigIntegerField(null=True)
    birth_date = models.DateField(null=True)
    gender = models.CharField(max_length=8, blank=True, default="", db_default="")
    state = models.CharField(max_length=8, choices=MemberState.choices, default=MemberState.ACTIVE)
    merged_into = models.ForeignKey(
        "members.Member", models.PROTECT, null=True, db_index=False, related_name="+"
    )
    source = models.CharField(max_length=64)
    created_at = models.DateTimeField()

    class Meta:
        """Merged is who points to another, and nobody points to himself."""

        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state=MemberState.MERGED, merged_into__isnull=False)
                | Q(state__in=[MemberState.ACTIVE, MemberState.ERASED], merged_into__isnull=True),
                name="member_merged_into_somebody",
            ),
            models.CheckConstraint(
                condition=Q(merged_into__isnull=True) | ~Q(merged_into=F("member_id")),
                name="member_not_merged_into_self",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["state"],
                condition=~Q(state=MemberState.ACTIVE),
                name="member_not_active",
            ),
            models.Index(
                fields=["merged_into"],
                condition=Q(merged_into__isnull=False),
                name="member_merged_into",
            ),
        ]

    def __str__(self) -> str:
        return self.member_id


class Identifier(models.Model):
    """A sealed key of a person, found by its keyed hash.

    ``exclusive``: this member owns the key, and rows that carry it are theirs. Weak, unverified
    and contested keys are only remembered, and several members may have the same.
    """

    kind = models.CharField(max_length=16)
    key_hash = models.BinaryField(max_length=32)
    ciphertext = models.BinaryField()
    key_id = models.CharField(max_length=32)
    verified = models.BooleanField()
    exclusive = models.BooleanField()
    member = models.ForeignKey(
        "members.Member", models.PROTECT, db_index=False, related_name="identifiers"
    )
    source = models.CharField(max_length=64)
    first_seen_at = models.DateTimeField()

    class Meta:
        """One owner per key; one row per member and key."""

        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(kind__in=KIND_ORDER), name="identifier_kind_known"),
            models.UniqueConstraint(
                fields=["key_hash", "kind"],
                condition=Q(exclusive=True),
                name="identifier_one_owner",
            ),
            models.UniqueConstraint(
                fields=["member", "kind", "key_hash"], name="identifier_once_per_member"
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["key_hash"], condition=Q(exclusive=False), name="identifier_remembered"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.member_id}"


class LinkEvent(models.Model):
    """Something that linked or parted. Never changed, but for what a merge moved in the lake.

    An ``attach`` names the key by its hash. A ``merge`` keeps what it moved: ``moved`` holds the
    ids of identifiers and the survivor's fields before and after, ``facts`` (compressed) the keys
    of the lake's rows. An ``unmerge`` names the merge it undoes.
    """

    kind = models.CharField(max_length=8, choices=LinkKind.choices)
    member = models.ForeignKey("members.Member", models.PROTECT, related_name="+")
    other = models.ForeignKey(
        "members.Member", models.PROTECT, null=True, db_index=False, related_name="+"
    )
    key_kind = models.CharField(max_length=16, blank=True)
    key_hash = models.BinaryField(max_length=32, null=True)
    undoes = models.ForeignKey(
        "members.LinkEvent", models.PROTECT, null=True, db_index=False, related_name="undone_by"
    )
    moved = models.JSONField(null=True)
    facts = models.BinaryField(null=True)
    settled = models.BooleanField(default=True)
    source = models.CharField(max_length=64)
    actor_name = models.CharField(max_length=64, blank=True)
    at = models.DateTimeField()

    class Meta:
        """The few events that are not attachments are found without scanning those that are."""

        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["undoes"], condition=Q(undoes__isnull=False), name="link_undone_once"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["other"], condition=Q(other__isnull=False), name="link_other"),
            models.Index(
                fields=["kind", "settled"],
                condition=~Q(kind=LinkKind.ATTACH),
                name="link_merges",
            ),
            models.Index(fields=["kind"], condition=Q(settled=False), name="link_unsettled"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.member_id}"


class MergeReview(models.Model):
    """Two members of whom the rules could not say whether they are one person."""

    reason = models.CharField(max_length=16, choices=ReviewReason.choices)
    left = models.ForeignKey("members.Member", models.PROTECT, related_name="+")
    right = models.ForeignKey("members.Member", models.PROTECT, related_name="+")
    key_kind = models.CharField(max_length=16, blank=True)
    key_hash = models.BinaryField(max_length=32, null=True)
    state = models.CharField(max_length=12, choices=ReviewState.choices, default=ReviewState.OPEN)
    source = models.CharField(max_length=64)
    opened_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=64, blank=True)

    class Meta:
        """A pair is asked about once at a time."""

        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["left", "right"],
                condition=Q(state=ReviewState.OPEN),
                name="review_open_once",
            ),
            models.CheckConstraint(condition=~Q(left=F("right")), name="review_of_two"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["state", "-opened_at"], name="review_by_state"),
        ]

    def __str__(self) -> str:
        return f"{self.reason}: {self.left_id} and {self.right_id}"


class UnpublishedChange(models.Model):
    """A member of whom the lake must hear; written in the transaction that changed the member.

    The row goes once a commit of the lake holds what it announces. One member may have several.
    """

    member_id = models.CharField(max_length=32)

    def __str__(self) -> str:
        return self.member_id


class FollowedCommit(models.Model):
    """The newest commit of the lake whose facts were given to who is who; one row, id 1."""

    sequence = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return str(self.sequence)


class Declared(models.Model):
    """What a person said of themselves, the name sealed; ``waiting`` until the lake has it.

    A merge moves nothing of it: who stands for several members has what any of them said.
    """

    member = models.OneToOneField(
        "members.Member", models.PROTECT, primary_key=True, related_name="declared"
    )
    name_key_id = models.CharField(max_length=32, blank=True)
    name_ciphertext = models.BinaryField(null=True)
    gender = models.CharField(max_length=8, blank=True)
    birth_date = models.DateField(null=True)
    waiting = models.BooleanField(default=True)
    changes = models.PositiveIntegerField(default=1)
    source = models.CharField(max_length=64)
    changed_at = models.DateTimeField()

    class Meta:
        """Those the lake has not heard of are few and found at once."""

        indexes: ClassVar = [
            models.Index(fields=["member"], condition=Q(waiting=True), name="declared_waiting"),
        ]

    def __str__(self) -> str:
        return self.member_id


class ServedProfile(models.Model):
    """A member's profile as other systems read it, made of the lake at commit ``sequence``.

    ``history`` is what the member declared and did, ``standing`` their features: JSON, each with
    its digest and the moment it last changed.
    """

    member_id = models.CharField(max_length=32, primary_key=True)
    history = models.TextField(db_default="{}")
    history_digest = models.CharField(max_length=32, blank=True, db_default="")
    history_at = models.DateTimeField(null=True)
    standing = models.TextField(db_default="{}")
    standing_digest = models.CharField(max_length=32, blank=True, db_default="")
    standing_at = models.DateTimeField(null=True)
    sequence = models.BigIntegerField()

    def __str__(self) -> str:
        return self.member_id


class ServedCopy(models.Model):
    """What all served profiles are made of; one row, id 1.

    Every change of the lake up to commit ``sequence`` is in them. ``features`` holds the date of
    each feature table, ``as_of`` the one before which facts count; ``products`` is a digest of the
    products' categories. The next serving rests in proportion to ``seconds``, which the last took.
    """

    sequence = models.BigIntegerField()
    as_of = models.DateField(null=True)
    features = models.JSONField(default=dict)
    products = models.BigIntegerField(null=True)
    seconds = models.FloatField(default=0.0)
    served_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.sequence)
