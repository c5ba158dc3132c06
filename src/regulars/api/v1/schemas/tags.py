"""Shapes of tags."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from ninja import Schema
from pydantic import Field

from regulars.api.v1.schemas.shapes import Id, MemberId, Sent

ROWS_MAX = 10_000
System = Annotated[
    str, Field(min_length=1, max_length=40, pattern=r"^[^\x00-\x1f\x7f]+$", examples=["虹客"])
]


class TagValue(Schema):
    """A value that a tag may have."""

    code: str
    name_zh: str
    name_en: str


class Tag(Schema):
    """A tag's definition, and how many members of the whole brand have it."""

    code: str
    category: list[str] = Field(description="codes of the tree, from level 1 down")
    name_zh: str
    name_en: str
    definition_zh: str | None
    definition_en: str | None
    source: str
    owner: str
    version: int
    update_days: int = Field(description="its values are stale after so many days; 0: never")
    made_by: Literal["rule", "sql", "model", "import", "hand"]
    value_type: Literal["qualitative", "quantitative"]
    volatility: Literal["static", "dynamic"]
    origin: Literal["base", "business", "smart"]
    derivation: Literal["fact", "model", "prediction"]
    values: list[TagValue]
    as_of: date | None = Field(description="null before the first refresh")
    members: int | None
    everybody: int | None


class Tags(Schema):
    """All tags, in the order of the tree."""

    items: list[Tag]


class MemberTag(Schema):
    """One tag of one member; probability and model of those a model foresees."""

    code: str
    name_zh: str
    name_en: str
    value: str | float
    value_zh: str
    value_en: str
    source: str = Field(description="the definition's source, or who gave it: external:…, hand:…")
    made_by: Literal["rule", "sql", "model", "import", "hand"]
    derivation: Literal["fact", "model", "prediction"]
    as_of: date
    updated_at: datetime | None = Field(description="when the tag was last refreshed")
    probability: float | None
    model_version: str | None


class MemberTags(Schema):
    """The tags one member has, in the order of the tree."""

    items: list[MemberTag]


class ImportedRow(Sent):
    """What a system says of a member; no value takes the tag away."""

    member_id: MemberId
    tag: Id
    value: Annotated[str, Field(max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")] | None = None


class ImportedTags(Sent):
    """Tags of members, and the system that says so."""

    system: System
    rows: Annotated[list[ImportedRow], Field(min_length=1, max_length=ROWS_MAX)]


class RefusedRow(Schema):
    """A row that was not taken, and why; rows count from 1."""

    row: int
    detail: str


class ImportReceipt(Schema):
    """What came of an import."""

    given: int
    refused: list[RefusedRow]
