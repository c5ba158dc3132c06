"""Campaigns, prices, sends and redemptions as the lake's tables."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import numpy as np
import pyarrow as pa

from regulars.science.simulation.lake_side.people import dates, member_ids
from regulars.science.simulation.output.rows import chosen, money
from regulars.science.simulation.trade.history import History
from regulars.science.simulation.world.catalogue import PRODUCTS_PER_CELL, product_ids
from regulars.science.simulation.world.everything import World


def campaigns_table(world: World) -> pa.Table:
    """Return the campaigns with their days."""
    first_day = world.clock.first_day
    starts = [first_day + timedelta(days=c.first) for c in world.campaigns]
    ends = [first_day + timedelta(days=c.first + c.days - 1) for c in world.campaigns]
    return pa.table({
        "campaign_id": pa.array([c.campaign_id for c in world.campaigns], pa.string()),
        "kind": pa.array([c.kind for c in world.campaigns], pa.string()),
        "starts_on": pa.array(starts, pa.date32()),
        "ends_on": pa.array(ends, pa.date32()),
    })  # fmt: skip


def prices_table(world: World) -> pa.Table:
    """Return what each product cost on which days: a week's promotions are of whole brands."""
    days = np.datetime64(world.clock.first_day) + np.arange(world.clock.days)
    year = days.astype("datetime64[Y]").astype(np.int64) + 1970 - world.catalogue.first_year
    percent = world.promotions.percent[world.promotions.of_day(np.arange(world.clock.days))]
    changes = (np.diff(percent, axis=0) != 0) | (np.diff(year) != 0)[:, None]
    begins = np.concatenate([np.ones((1, percent.shape[1]), np.bool_), changes])
    cell, start = np.nonzero(begins.T)
    end = np.append(start[1:], 0)
    end = np.where(end > start, end, world.clock.days) - 1
    product = np.repeat(cell * PRODUCTS_PER_CELL, PRODUCTS_PER_CELL)
    product += np.tile(np.arange(PRODUCTS_PER_CELL), len(cell))
    start, end = np.repeat(start, PRODUCTS_PER_CELL), np.repeat(end, PRODUCTS_PER_CELL)
    listed = world.catalogue.price[year[start], product]
    off = percent[start, product // PRODUCTS_PER_CELL]
    return pa.table({
        "product_id": chosen(product_ids(world.catalogue.products), product),
        "starts_on": pa.array(days[start]),
        "ends_on": pa.array(days[end]),
        "list_price": money(listed),
        "price": money(listed - (listed * off + 50) // 100),
    })  # fmt: skip


def sends_rows(world: World, history: History) -> pa.Table:
    """Return the messages that were sent; people kept as control got none."""
    sends = history.sends
    sent = np.flatnonzero(sends.treated)
    first = np.array([campaign.first for campaign in world.campaigns], np.int64)
    day = np.datetime64(world.clock.first_day).astype(np.int64) + first[sends.campaign[sent]]
    return pa.table({
        "member_id": member_ids(history.people, sends.person[sent]),
        "campaign_id": chosen([c.campaign_id for c in world.campaigns], sends.campaign[sent]),
        "business_date": pa.array(day).cast(pa.int32()).cast(pa.date32()),
    })  # fmt: skip


def redemptions_table(world: World, history: History, ids: Any) -> pa.Table:
    """Return the coupons that were used."""
    bought, lines = history.purchases, history.lines
    coupon = np.bincount(lines.order, lines.coupon, minlength=len(bought)).astype(np.int64)
    order = np.flatnonzero(coupon > 0)
    return pa.table({
        "member_id": member_ids(history.people, bought.person[order]),
        "campaign_id": chosen([c.campaign_id for c in world.campaigns], history.used[order]),
        "order_id": ids.take(pa.array(order)),
        "business_date": dates(bought.second[order]),
        "amount": money(coupon[order]),
    })  # fmt: skip
