"""Shapes of the profile card."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from ninja import Schema
from pydantic import Field


class CardField(Schema):
    """One field of the card, where it is from and since when."""

    name: str = Field(examples=["zodiac"])
    value: str | int | float | dict[str, int] | None = Field(examples=["aquarius"])
    state: Literal["known", "derived", "conflict", "none", "no_source", "withheld"] = Field(
        description="derived from another field; conflict: a source says otherwise; none: nothing "
        "to tell; withheld: the member has not agreed"
    )
    source: str
    updated_at: datetime | None
    as_of: date | None
    said: str = Field(description="what the source says instead, in a conflict")


class ProfileCard(Schema):
    """What the member buys, their social circle, and the basics."""

    consumption: list[CardField]
    social: list[CardField] | None = Field(description="null without the member's consent")
    basics: list[CardField]
