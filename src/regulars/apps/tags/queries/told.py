"""A member's tags as they are told, from values that are already at hand."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Max

from regulars.apps.tags import models
from regulars.apps.tags.types import MemberTag, Tag, TagDefinition

Mark = tuple[int | None, int, datetime | None]


def told_tag(
    tag: Tag,
    value: str | float,
    *,
    as_of: date,
    given: Mapping[str, str],
    features: Mapping[str, Mapping[str, Any]],
) -> MemberTag:
    """Return the tag of a member who has ``value``.

    ``given`` says who gave the member each tag last, ``features`` holds the member's row of each
    feature table: probability and model version are from there.
    """
    one, model = tag.definition, tag.definition.model
    row = features.get(model.table) or {} if model is not None else {}
    score = row.get(model.score) if model is not None else None
    version = row.get(model.version) if model is not None else None
    name_zh, name_en = named_value(one, value)
    return MemberTag(
        code=tag.code,
        name_zh=one.name_zh,
        name_en=one.name_en,
        value=value,
        value_zh=name_zh,
        value_en=name_en,
        source=given.get(tag.code, one.source),
        as_of=as_of,
        made_by=str(one.made_by),
        derivation=str(one.derivation),
        probability=None if score is None else float(score),
        model_version="" if version is None else str(version),
    )


def named_value(definition: TagDefinition, value: str | float) -> tuple[str, str]:
    """Return what staff call the value, in Chinese and English."""
    if isinstance(value, str):
        for one in definition.values:
            if one.code == value:
                return one.name_zh, one.name_en
        return value, value
    shown = f"{value:,.2f}".rstrip("0").rstrip(".")
    for bucket in definition.buckets:
        if bucket.below is None or value < bucket.below:
            return f"{bucket.name_zh} · {shown}", f"{bucket.name_en} · {shown}"
    return shown, shown


def catalogue_mark() -> Mark:
    """Return what changes whenever a tag is saved, deleted or refreshed; two small queries."""
    versions = models.TagVersion.objects.aggregate(newest=Max("pk"), count=Count("pk"))
    states = models.TagRun.objects.aggregate(computed=Max("computed_at"))
    return versions["newest"], versions["count"], states["computed"]
