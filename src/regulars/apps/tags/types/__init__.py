"""What leaves the tags room: definitions as people write them, and tags as pages show them."""

from regulars.apps.tags.types.definition import (
    BucketSpec,
    ModelSpec,
    TagDefinition,
    ValueSpec,
)
from regulars.apps.tags.types.kinds import Derivation, MadeBy, Origin, ValueType, Volatility
from regulars.apps.tags.types.tag import (
    Category,
    ImportReport,
    MemberTag,
    ReviewLine,
    ReviewReason,
    Tag,
    TagState,
    TagUse,
    VersionLine,
)

__all__ = [
    "BucketSpec",
    "Category",
    "Derivation",
    "ImportReport",
    "MadeBy",
    "MemberTag",
    "ModelSpec",
    "Origin",
    "ReviewLine",
    "ReviewReason",
    "Tag",
    "TagDefinition",
    "TagState",
    "TagUse",
    "ValueSpec",
    "ValueType",
    "VersionLine",
    "Volatility",
]
