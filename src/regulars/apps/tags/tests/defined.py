"""Definitions for the tests."""

from __future__ import annotations

from datetime import date
from typing import Any

from regulars.apps.tags.types import MadeBy, TagDefinition, ValueSpec

AS_OF = date(2024, 2, 1)


def defined(code: str = "women", **said: Any) -> TagDefinition:
    """Return a whole definition; what is said replaces its parts."""
    rule = 'attribute.gender = "female"'
    whole: dict[str, Any] = {
        "category": "work",
        "name_zh": "女会员",
        "name_en": "Women",
        "definition_zh": "性别为女",
        "source": "members",
        "update_days": 1,
        "owner": "Ada",
        "made_by": MadeBy.RULE,
        "values": (ValueSpec(code="yes", name_zh="是", name_en="Yes", when=rule),),
    }
    return TagDefinition(code=code, **whole | said)


def given(code: str, made_by: MadeBy = MadeBy.HAND, **said: Any) -> TagDefinition:
    """Return a tag that people or other systems give."""
    values = tuple(ValueSpec(code=one, name_zh=one, name_en=one) for one in ("gold", "silver"))
    return defined(code, **{"made_by": made_by, "values": values} | said)
