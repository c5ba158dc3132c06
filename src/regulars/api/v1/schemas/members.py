"""Shapes about members."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from ninja import Schema
from pydantic import ConfigDict, Field

from regulars.api.v1.schemas.shapes import (
    Channel,
    Id,
    Kind,
    Moment,
    OptionalText,
    Sent,
    Text,
)

Gender = Literal["female", "male", "other"]


class FindMember(Sent):
    """The identifier of the person somebody looks for."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"value": "138 1234 5678"}]}
    )
    value: Text = Field(description="in any spelling; a phone without country code is the brand's")
    kind: Kind | None = Field(None, description="as which kind to read it; as every one if absent")


class FoundMember(Schema):
    """A member who carries the identifier."""

    member_id: str


class FoundMembers(Schema):
    """Who carries the identifier: its owner first; empty when nobody in the data scope does."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"items": [{"member_id": "m3kq7m2xa9c0d1e2f"}]}]}
    )
    items: list[FoundMember]


class MaskedIdentifier(Schema):
    """An identifier, masked. ``owned``: nobody else has it."""

    kind: Kind
    masked: str
    verified: bool
    owned: bool


class Attribute(Schema):
    """A declared attribute, who says so and since when."""

    name: str
    value: str
    source: str
    updated_at: datetime


class Member(Schema):
    """A member as staff see them before a reveal; null is unknown."""

    member_id: str
    home_store_id: str | None
    guide_id: str | None
    joined_at: datetime | None
    joined_on: date | None = Field(description="the date of joined_at in the brand's zone")
    joined_channel: str | None
    gender: str | None
    birth_date: date | None
    attributes: list[Attribute]
    name_masked: str | None
    identifiers: list[MaskedIdentifier]


class Claim(Sent):
    """An identifier as the person gives it; ``verified``: it was shown to be theirs."""

    kind: Kind
    value: Text
    verified: bool = False


class NewMember(Sent):
    """A person who joins; without ``joined_at`` they join now."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "identifiers": [
                        {"kind": "phone", "value": "138 1234 5678", "verified": True},
                        {"kind": "card_no", "value": "A00001234", "verified": True},
                    ],
                    "name": "李娜",
                    "home_store_id": "S01",
                    "joined_channel": "pos",
                }
            ]
        },
    )
    identifiers: list[Claim] = Field(min_length=1, max_length=20)
    name: str = Field("", max_length=100, pattern=r"^[^\x00-\x1f\x7f]*$")
    gender: Gender | None = None
    birth_date: date | None = None
    joined_at: Moment | None = None
    joined_channel: Channel | None = None
    home_store_id: OptionalText = ""
    guide_id: OptionalText = ""


class ChangedMember(Sent):
    """What changes; what is absent or null stays. Identifiers are added, never taken away."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"guide_id": "G042", "gender": "female"}]}
    )
    identifiers: list[Claim] = Field(default_factory=list, max_length=20)
    name: str | None = Field(None, max_length=100, pattern=r"^[^\x00-\x1f\x7f]*$")
    gender: Gender | None = None
    birth_date: date | None = None
    home_store_id: Id | None = None
    guide_id: OptionalText | None = None


class WrittenMember(Schema):
    """The ledger's record after a write; the member can be read a moment later."""

    member_id: str
    home_store_id: str | None
    guide_id: str | None
    joined_at: datetime | None
    joined_channel: str | None


class Revealed(Schema):
    """An identifier in the clear."""

    kind: Kind
    value: str


class RevealedIdentifiers(Schema):
    """The member's identifiers in the clear; the act is in the audit trail."""

    items: list[Revealed]
