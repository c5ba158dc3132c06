"""The parts from which the shapes are made: ids, amounts, moments, and their limits."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from ninja import Schema
from pydantic import AwareDatetime, ConfigDict, Field, PlainSerializer, WithJsonSchema

# Ids may hold anything a till puts into them but control characters.
ID_PATTERN = r"^[^\x00-\x1f\x7f]+$"
Id = Annotated[str, Field(min_length=1, max_length=128, pattern=ID_PATTERN)]
MemberId = Annotated[str, Field(min_length=1, max_length=32, pattern=r"^[0-9A-Za-z_\-]+$")]
Text = Annotated[str, Field(min_length=1, max_length=254, pattern=ID_PATTERN)]
OptionalText = Annotated[str, Field(max_length=128, pattern=r"^[^\x00-\x1f\x7f]*$")]
Channel = Literal["pos", "web", "app", "miniprogram", "wecom", "marketplace", "call_centre"]
Kind = Literal["unionid", "card_no", "phone", "openid", "email", "pos_id", "device"]
# The year 1900 keeps every zone's dates inside the calendar.
Moment = Annotated[AwareDatetime, Field(description="with its zone, such as 2024-01-05T08:30:00Z")]

_DECIMAL = r"^-?\d{1,14}(\.\d{1,2})?$"
# Answers write amounts as text, so that no reader makes a binary fraction of them.
Amount = Annotated[
    Decimal,
    WithJsonSchema({"type": "string", "pattern": r"^-?\d+(\.\d+)?$", "examples": ["129.90"]}),
    PlainSerializer(str),
]


class Sent(Schema):
    """What a client sends: an unknown field is a mistake, not something to pass over."""

    model_config = ConfigDict(extra="forbid")


class Fault(Schema):
    """One thing that is wrong."""

    detail: str
    pointer: str | None = Field(None, description="JSON pointer into the request's body")
    parameter: str | None = Field(None, description="a parameter of the address")


class ProblemAnswer(Schema):
    """A problem as of RFC 9457."""

    type: str = Field(description="leads to the paragraph about this kind of problem")
    title: str
    status: int
    detail: str | None = None
    errors: list[Fault] | None = None
