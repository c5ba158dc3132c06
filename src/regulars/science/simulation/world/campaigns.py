"""What the chain sends its members: campaigns with a coupon, a sample and a control group."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from regulars.science.simulation.streams import stream

CONTROL_SHARE = 0.2


@dataclass(frozen=True, slots=True)
class Campaign:
    """One campaign.

    Attributes:
        first, days: When it starts (day of the history) and how long the coupon is good for.
        audience: Share of the members of that day who are chosen, at random; a fifth of them is
            kept as control and gets nothing.
        lift: What a send adds, on average, to the orders of a person still buying.
        coupon: Value in cents; ``least`` is the order amount that it needs.
        channel: How it is sent: sms, miniprogram or wecom.
    """

    campaign_id: str
    name: str
    kind: str
    first: int
    days: int
    audience: float
    lift: float
    coupon: int
    least: int
    channel: str


_KINDS = (
    ("满减券", "coupon", 0.045, 1000, 9900, "sms"),
    ("新品尝鲜", "new_products", 0.025, 500, 5900, "miniprogram"),
    ("会员日", "member_day", 0.065, 2000, 15900, "wecom"),
    ("唤醒礼券", "win_back", 0.035, 1500, 6900, "sms"),
)


def campaigns_of(*, first_day: date, days: int, seed: int) -> tuple[Campaign, ...]:
    """Return about three campaigns in two months, each 7 to 10 days long."""
    rng = stream(seed, "campaigns")
    found: list[Campaign] = []
    day = int(rng.integers(16, 26))
    while day + 10 <= days:
        name, kind, lift, coupon, least, channel = _KINDS[len(found) % len(_KINDS)]
        starts = first_day + timedelta(days=day)
        found.append(
            Campaign(
                campaign_id=f"C{len(found) + 1:03d}",
                name=f"{starts:%Y年%m月}{name}",
                kind=kind,
                first=day,
                days=int(rng.integers(7, 11)),
                audience=float(np.round(rng.uniform(0.15, 0.35), 2)),
                lift=lift,
                coupon=coupon,
                least=least,
                channel=channel,
            )
        )
        day += int(rng.integers(15, 27))
    return tuple(found)
