"""What rules mean, on cases small enough to follow with a finger."""

from __future__ import annotations

from datetime import UTC, datetime, time
from decimal import Decimal
from typing import Any

import pytest

from regulars.science.rules import compile_rule, from_text
from tests.rules.small_world import AS_OF, VOCABULARY, World, on


def order(member: str, day: int, net: str = "10.00", channel: str | None = "web") -> dict[str, Any]:
    return {
        "order_id": f"{member}-{day}-{net}",
        "member_id": member,
        "business_date": on(day),
        "ordered_at": datetime.combine(on(day), time(12), tzinfo=UTC),
        "net_amount": Decimal(net),
        "channel": channel,
    }


def event(member: str, day: int, what: str, hour: int = 9) -> dict[str, Any]:
    return {
        "event_id": f"{member}-{day}-{hour}-{what}",
        "member_id": member,
        "business_date": on(day),
        "occurred_at": datetime.combine(on(day), time(hour), tzinfo=UTC),
        "event": what,
    }


# January 2024; as of 1 February, day 32.
WORLD = World(
    {
        "members": [
            {"member_id": "ann", "gender": "female", "joined_on": on(1)},
            {"member_id": "bob", "gender": "male", "joined_on": on(20)},
            {"member_id": "cat", "gender": None, "joined_on": None},
            {"member_id": "dan", "gender": "male", "joined_on": on(5)},
        ],
        "features": [
            {"member_id": "ann", "as_of": AS_OF, "monetary": Decimal("30.00")},
            {"member_id": "bob", "as_of": AS_OF, "monetary": Decimal("10.00")},
            {"member_id": "dan", "as_of": AS_OF, "monetary": Decimal("10.00")},
            {"member_id": "cat", "as_of": on(1), "monetary": Decimal("99.00")},
        ],
        "orders": [
            order("ann", 3, channel="pos"),
            order("ann", 30, "20.00"),
            order("bob", 25, channel=None),
            order("cat", 32),  # the day of as_of itself is not known yet
        ],
        "events": [
            event("ann", 29, "cart"),
            event("bob", 24, "cart"),
            event("bob", 25, "view"),
            event("dan", 10, "cart"),
            event("dan", 31, "cart"),
        ],
    }
)


@pytest.mark.parametrize(
    ("text", "members"),
    [
        # A missing value passes no comparison; not is everybody else.
        ('attribute.gender = "female"', "ann"),
        ('attribute.gender != "female"', "bob dan"),
        ('not attribute.gender = "female"', "bob cat dan"),
        ('not attribute.gender != "female"', "ann cat"),
        ('attribute.gender not in ("female")', "bob dan"),
        ("attribute.gender is missing", "cat"),
        ("feature.monetary is missing", "cat"),
        # Windows end the day before as_of.
        ("attribute.joined_on in last 12 days", "bob"),
        ("attribute.joined_on in last 11 days", ""),
        ("did order", "ann bob"),
        ("did not order", "cat dan"),
        ("did order in last 2 days", "ann"),
        ("did order in last 1 days", ""),
        ("did order between 2024-01-03 and 2024-01-25", "ann bob"),
        ("did order between 2024-01-04 and 2024-01-24", ""),
        ("did order in first 3 days since joining", "ann"),
        ("did order in first 2 days since joining", ""),
        # Who did it did it at least once.
        ("did order count <= 1", "bob"),
        ("not did order count > 1", "bob cat dan"),
        ("did order where channel is missing", "bob"),
        ("did order sum net_amount >= 10.00", "ann bob"),
        ("did order sum net_amount = 30", "ann"),
        ("did order distinct channel = 2", "ann"),
        ('did order first channel = "pos"', "ann"),
        ('did order last channel = "web"', "ann"),
        ("did order last channel is missing", "bob"),
        # One after the other.
        ('sequence (event where event = "cart" then order)', "ann bob"),
        (
            'sequence (event where event = "cart" then not event where event = "view" then order)',
            "ann",
        ),
        ('sequence (event where event = "cart" then order within 0 days)', ""),
        # An abandoned cart is one whose days have passed: dan's second one is still open.
        ('sequence (event where event = "cart" then not order within 3 days)', "dan"),
        (
            'sequence in last 5 days (event where event = "cart" then not order within 3 days)',
            "",
        ),
        ('sequence (event where event = "cart" then not order)', "dan"),
        # Equal values stand at one percentile; a top ends with the lower member_id.
        ("feature.monetary in percentiles 0 to 50", "bob dan"),
        ("feature.monetary in percentiles 50 to 100", "ann"),
        ("feature.monetary in top 2", "ann bob"),
        ("feature.monetary in bottom 1", "bob"),
    ],
)
def test_whom_a_rule_finds(text: str, members: str) -> None:
    rule = from_text(text, VOCABULARY)
    found = compile_rule(rule, WORLD, AS_OF, vocabulary=VOCABULARY)
    assert sorted(found.to_pyarrow()["member_id"].to_pylist()) == members.split()
