"""What is given back: sooner or later, whole or in part, online more often than at the till."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from regulars.science.simulation.people.natures import POS
from regulars.science.simulation.streams import Ints, stream
from regulars.science.simulation.trade.baskets import Lines
from regulars.science.simulation.trade.purchases import Purchases
from regulars.science.simulation.world.catalogue import PRODUCTS_PER_CELL
from regulars.science.simulation.world.everything import World
from regulars.science.simulation.world.geography import ZONE_SECONDS

# Shares of lines given back, for goods of four stars; better goods come back less.
SHARE_POS, SHARE_ONLINE = 0.012, 0.05
REASONS = ("质量问题", "尺码不合", "不喜欢", "发错货", "七天无理由")
_DAYS_MAX = 14


@dataclass(frozen=True, slots=True)
class Refunds:
    """Lines given back, by time; ``amount`` is in cents of what the customer paid."""

    line: Ints
    second: Ints
    quantity: Ints
    amount: Ints
    reason: Ints


def refunds_of(world: World, bought: Purchases, lines: Lines, chunk: int) -> Refunds:
    """Return the refunds made within the history; a line is given back at most once."""
    rng = stream(world.options.seed, "refunds", chunk)
    online = bought.channel[lines.order] != POS
    quality = world.catalogue.quality[lines.product // PRODUCTS_PER_CELL]
    share = np.where(online, SHARE_ONLINE, SHARE_POS) * np.exp(0.9 * (4.0 - quality))
    line = np.flatnonzero(rng.random(len(lines)) < share)
    whole = rng.random(len(line)) < 0.8
    held = lines.quantity[line]
    part = 1 + (rng.random(len(line)) * held).astype(np.int64)
    quantity = np.where(whole, held, np.minimum(part, held))
    paid = (lines.net - lines.coupon)[line]
    second = bought.second[lines.order[line]] + rng.integers(3_600, _DAYS_MAX * 86_400, len(line))
    end = np.datetime64(world.options.until, "s").astype(np.int64) - ZONE_SECONDS
    reason = rng.integers(0, len(REASONS), len(line))
    kept = np.flatnonzero((second < end) & (paid > 0))
    kept = kept[np.lexsort((line[kept], second[kept]))]
    return Refunds(
        line=line[kept],
        second=second[kept],
        quantity=quantity[kept],
        amount=(paid * quantity // np.maximum(held, 1))[kept],
        reason=reason[kept],
    )
