"""Which orders use the coupon of a campaign, and how it is spread over their lines."""

from __future__ import annotations

import numpy as np

from regulars.science.simulation.streams import Flags, Ints, stream
from regulars.science.simulation.trade.baskets import Lines
from regulars.science.simulation.trade.purchases import Purchases
from regulars.science.simulation.world.everything import World


def coupons_of(
    world: World, bought: Purchases, lines: Lines, received: Flags, which: Ints, chunk: int
) -> tuple[Lines, Ints]:
    """Return the lines with coupons spread over them, and each order's campaign of its coupon.

    ``received`` says which orders fall in the days of a campaign (``which``) their person got.
    A coupon is used half of the time when the amount allows, always by an order that it caused.
    """
    rng = stream(world.options.seed, "coupons", chunk)
    if not world.campaigns:
        return lines, np.full(len(bought), -1)
    value = np.array([campaign.coupon for campaign in world.campaigns])
    least = np.array([campaign.least for campaign in world.campaigns])
    net = np.bincount(lines.order, lines.net, minlength=len(bought)).astype(np.int64)
    uses = received & (net >= least[which])
    uses &= (bought.campaign >= 0) | (rng.random(len(bought)) < 0.5)
    coupon = np.where(uses, value[which], 0)
    # Spread by net amount; the rounding goes to the order's last lines.
    before = np.cumsum(lines.net) - lines.net
    start = before[np.searchsorted(lines.order, np.arange(len(bought)))]
    done = before - start[lines.order]
    whole = np.maximum(net[lines.order], 1)
    share = coupon[lines.order] * (done + lines.net) // whole - coupon[lines.order] * done // whole
    spread = Lines(
        lines.order,
        lines.number,
        lines.product,
        lines.quantity,
        lines.listed,
        lines.discount,
        share,
    )
    return spread, np.where(uses, which, -1)
