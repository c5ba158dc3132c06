"""The library of plays: what to do for the members of a value group (改善目标 → 推荐).

A play is a code here; pages say it in words.
"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

# By RFM group, the one to try first before others.
PLAYS: dict[str, tuple[str, ...]] = {
    "important_value": ("exclusive_benefits", "launch_event"),
    "important_develop": ("points_frequency", "personal_picks"),
    "important_keep": ("season_launch", "exclusive_benefits"),
    "important_winback": ("personal_picks", "exclusive_benefits"),
    "general_value": ("launch_event", "points_frequency"),
    "general_develop": ("low_price_new", "personal_picks"),
    "general_keep": ("regular_offers", "season_launch"),
    "general_winback": ("regular_offers", "low_price_new"),
}


def play_for(group: ir.Value) -> ir.Value:
    """Return the first play of each member's group; null without a group."""
    return ibis.cases(*((group == name, plays[0]) for name, plays in PLAYS.items()))
