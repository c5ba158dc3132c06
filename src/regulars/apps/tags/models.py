"""Tables of the tags room: the tree, the tags, their versions and how the last refresh went."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

LEVELS = 3


class CategoryNode(models.Model):
    """A node of the tree, on level 1 to 3; the tags of a node are those of all nodes below it."""

    code = models.CharField(max_length=60, unique=True)
    parent = models.ForeignKey("tags.CategoryNode", models.PROTECT, null=True, related_name="+")
    level = models.PositiveSmallIntegerField()
    name_zh = models.CharField(max_length=60)
    name_en = models.CharField(max_length=60)
    position = models.PositiveIntegerField(default=0)

    class Meta:
        """Level 1 has no parent, all others have one."""

        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(level=1, parent__isnull=True)
                | Q(level__gt=1, level__lte=LEVELS, parent__isnull=False),
                name="category_level",
            ),
        ]

    def __str__(self) -> str:
        return self.code


class TagEntry(models.Model):
    """A tag; what it says now is its version of the number ``version``."""

    code = models.CharField(max_length=60, unique=True)
    category = models.ForeignKey("tags.CategoryNode", models.PROTECT, related_name="+")
    version = models.PositiveIntegerField()
    pack = models.CharField(max_length=60, blank=True)
    position = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.code


class TagVersion(models.Model):
    """What a tag said from ``saved_at`` on, until its next version. Never changed."""

    tag = models.ForeignKey("tags.TagEntry", models.CASCADE, related_name="+")
    number = models.PositiveIntegerField()
    definition = models.JSONField()
    saved_at = models.DateTimeField()
    saved_by = models.CharField(max_length=150)

    class Meta:
        """A number once per tag."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tag", "number"], name="tag_version_once"),
        ]

    def __str__(self) -> str:
        return f"{self.tag_id} {self.number}"


class TagRun(models.Model):
    """How the last refresh of a tag went."""

    tag = models.OneToOneField("tags.TagEntry", models.CASCADE, primary_key=True, related_name="+")
    as_of = models.DateField()
    first_as_of = models.DateField()
    computed_at = models.DateTimeField()
    members = models.PositiveBigIntegerField()
    everybody = models.PositiveBigIntegerField()
    error = models.TextField(blank=True)

    def __str__(self) -> str:
        return f"{self.tag_id} {self.as_of}"
