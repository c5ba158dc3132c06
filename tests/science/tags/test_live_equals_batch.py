"""Deciding the touched members only gives exactly what deciding everybody gives."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from random import Random

import pytest

from regulars.lake import Lake
from regulars.science.tags import refresh_tags
from tests.science.history import Order
from tests.science.tags.world import (
    AS_OF,
    MARK,
    TAGS,
    VOCABULARY,
    assign,
    buy,
    held,
    kept_changes,
    new_lake,
)

pytestmark = pytest.mark.slow


def happen(lake: Lake, dice: Random, number: int) -> None:
    """Let members buy, orders change hands and value, and staff give a tag."""
    orders = [
        Order(
            order_id=f"o1-{dice.randrange(80)}",  # most are corrections of what is held
            member_id=f"m{dice.randrange(20):02}",
            day=AS_OF - timedelta(days=dice.randrange(1, 60)),
            net=Decimal(dice.randrange(100, 9_000)) / 100,
        )
        for _ in range(3)
    ]
    buy(lake, *{order.order_id: order for order in orders}.values())
    if dice.random() < 0.5:
        value = dice.choice(("gold", "silver", None))
        assign(lake, f"m{dice.randrange(20):02}", "vip", value, number=number)


@pytest.mark.parametrize("seed", range(3))
def test_touched_members_only_or_everybody(tmp_path: Path, seed: int) -> None:
    dice = {name: Random(seed) for name in ("live", "batch")}
    lakes, tags = {name: new_lake(tmp_path / name) for name in dice}, (*TAGS, MARK)
    for number in range(4):
        for name, lake in lakes.items():
            report = refresh_tags(lake, AS_OF, tags, vocabulary=VOCABULARY, full=name == "batch")
            wanted = "incremental" if name == "live" and number else "full"
            assert report.run.mode == wanted
        assert held(lakes["live"]) == held(lakes["batch"])
        assert kept_changes(lakes["live"]) == kept_changes(lakes["batch"])
        for name, lake in lakes.items():
            happen(lake, dice[name], number)
