"""What is served, and whether it is what a count by hand says."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from regulars.apps.members.models import ServedProfile
from regulars.apps.members.services.serving import serve_profiles
from regulars.apps.members.tests.serving import brute_force
from regulars.lake import Lake

MARCH_9 = date(2024, 3, 9)


def product(product_id: str, category: str | None) -> dict[str, Any]:
    return {
        "product_id": product_id, "category": category, "measured": False, "placeholder": False,
        "source": "test",
    }  # fmt: skip


def held_histories() -> dict[str, dict[str, Any]]:
    profiles = ServedProfile.objects.values_list("member_id", "history")
    return {member_id: brute_force.shown(json.loads(history)) for member_id, history in profiles}


def is_right(lake: Lake, as_of: date | None = MARCH_9) -> bool:
    """Whether what is served is what a count by hand says, and nothing differs from the lake."""
    assert held_histories() == brute_force.histories(lake, as_of)
    return serve_profiles(lake, everything=True).written == 0
