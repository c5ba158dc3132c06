"""Shapes of a member's profile."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from ninja import Schema
from pydantic import Field

from regulars.api.v1.schemas.cards import ProfileCard
from regulars.api.v1.schemas.shapes import Amount, Channel
from regulars.api.v1.schemas.tags import MemberTag


class Rfm(Schema):
    """Recency, frequency and monetary value in the brand's window, and their scores."""

    recency_days: int
    frequency: int
    monetary: Amount
    r_score: int
    f_score: int
    m_score: int
    rfm_group: str


class Stage(Schema):
    """The lifecycle stage and the day at whose end it began."""

    lifecycle_stage: str
    entered_on: date | None


class Lifetime(Schema):
    """Everything bought before ``as_of``."""

    orders: int
    net_amount: Amount
    items: int
    average_order_value: Amount | None
    first_order_on: date | None
    last_order_on: date | None


class FavouriteCategory(Schema):
    """A category, by spend."""

    category: str
    orders: int
    net_amount: Amount


class FavouriteStore(Schema):
    """A store, by orders."""

    store_id: str
    orders: int
    net_amount: Amount


class ProfileAttribute(Schema):
    """A declared value, who said so and when it was last said or changed."""

    name: str
    value: str
    source: str
    updated_at: datetime | None


class Trait(Schema):
    """A computed value: the feature table it stands in, and the date before which facts count."""

    name: str
    value: int | float | bool | str | None
    source: str = Field(examples=["features/rfm"])
    as_of: date


class Happening(Schema):
    """An order, or money given back."""

    at: datetime
    kind: Literal["order", "refund"]
    id: str
    channel: Channel
    store_id: str
    amount: Amount


class Profile(Schema):
    """All that is known of a member."""

    member_id: str
    as_of: date | None = Field(description="facts before it count; null before the first refresh")
    completeness: float = Field(ge=0, le=1, description="share of the wanted attributes known")
    attributes: list[ProfileAttribute]
    card: ProfileCard
    traits: list[Trait]
    tags: list[MemberTag] | None = Field(description="null for a key without the scope tags:read")
    rfm: Rfm | None = Field(description="null for who did not buy in the window")
    lifecycle: Stage | None
    lifetime: Lifetime
    favourite_categories: list[FavouriteCategory]
    favourite_stores: list[FavouriteStore]
    timeline: list[Happening] = Field(description="the last ten, the newest first")
