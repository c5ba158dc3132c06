"""Campaigns, coupons, prices, sends and redemptions as the marketing system exports them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import numpy as np
import pyarrow as pa

from regulars.science.simulation.output.files import Files
from regulars.science.simulation.output.months import monthly
from regulars.science.simulation.output.rows import chosen, clock, either, joined, moments, money
from regulars.science.simulation.streams import Flags, Ints, stream
from regulars.science.simulation.trade.history import History
from regulars.science.simulation.world.campaigns import CONTROL_SHARE
from regulars.science.simulation.world.catalogue import PRODUCTS_PER_CELL, product_ids
from regulars.science.simulation.world.everything import World
from regulars.science.simulation.world.geography import ZONE_SECONDS

_SERIALS = 10**7


def write_plans(files: Files, world: World) -> None:
    """Write what is planned before anybody buys: campaigns, coupons and prices."""
    campaigns, first_day = world.campaigns, world.clock.first_day
    rows = joined([
        _column([c.campaign_id for c in campaigns]),
        _column([c.name for c in campaigns]),
        _column([c.kind for c in campaigns]),
        _column([c.channel for c in campaigns]),
        _column([str(first_day + timedelta(days=c.first)) for c in campaigns]),
        _column([str(first_day + timedelta(days=c.first + c.days - 1)) for c in campaigns]),
        _column([f"{c.coupon / 100:.2f}" for c in campaigns]),
        _column([f"{c.least / 100:.2f}" for c in campaigns]),
        _column([f"{c.audience:.2f}" for c in campaigns]),
        _column([f"{CONTROL_SHARE:.2f}" for _ in campaigns]),
    ])  # fmt: skip
    header = (
        "campaign_id,name,kind,channel,starts_on,ends_on,coupon_value,coupon_least,"
        "audience_share,control_share\n"
    )
    files.text("raw/marketing/campaigns.csv", rows, header=header)
    products = world.catalogue.products
    which = np.repeat(np.arange(len(campaigns)), products)
    rows = joined([
        chosen([_coupon(c.campaign_id) for c in campaigns], which),
        chosen([c.campaign_id for c in campaigns], which),
        chosen(product_ids(products), np.tile(np.arange(products), len(campaigns))),
    ])  # fmt: skip
    files.text("raw/marketing/coupons.csv", rows, header="coupon_id,campaign_id,product_id\n")
    _prices(files, world)


def _prices(files: Files, world: World) -> None:
    """One row per product and run of days with one price; a promotion is a brand's."""
    days = np.datetime64(world.clock.first_day) + np.arange(world.clock.days)
    year = days.astype("datetime64[Y]").astype(np.int64) + 1970 - world.catalogue.first_year
    week = np.arange(world.clock.days) // 7
    header = "product_id,starts_on,ends_on,list_price,price,promotion\n"
    ids = product_ids(world.catalogue.products)
    for cell in range(world.catalogue.cells):
        percent = world.promotions.percent[week, cell]
        start = np.flatnonzero(
            np.concatenate([[True], (np.diff(percent) != 0) | (np.diff(year) != 0)])
        )
        end = np.concatenate([start[1:], [world.clock.days]]) - 1
        product = np.repeat(np.arange(PRODUCTS_PER_CELL) + cell * PRODUCTS_PER_CELL, len(start))
        start, end = np.tile(start, PRODUCTS_PER_CELL), np.tile(end, PRODUCTS_PER_CELL)
        listed = world.catalogue.price[year[start], product]
        off = percent[start]
        name = [f"{world.catalogue.brand[cell]}{100 - p}折" if p else "" for p in range(100)]
        rows = joined([
            chosen(ids, product),
            pa.array(days[start]).cast(pa.string()),
            pa.array(days[end]).cast(pa.string()),
            money(listed).cast(pa.string()),
            money(listed - (listed * off + 50) // 100).cast(pa.string()),
            chosen(name, off),
        ])  # fmt: skip
        files.text("raw/marketing/prices.csv", rows, header=header)


def write_marketing(files: Files, world: World, history: History, ids: Any) -> None:
    """Write a chunk's sends, control groups and redemptions."""
    sends = history.sends
    seed, chunk = world.options.seed, history.chunk
    rng = stream(seed, "sent", chunk)
    first = np.array([campaign.first for campaign in world.campaigns], np.int64)
    start = np.datetime64(world.clock.first_day, "s").astype(np.int64) - ZONE_SECONDS
    day = first[sends.campaign] if len(first) else sends.campaign
    # Between ten and half past eleven of the campaign's first morning.
    second = start + day * 86_400 + 36_000 + rng.integers(0, 5_400, len(day))
    serial = (10_000 + chunk) * _SERIALS + np.arange(len(day))
    table = pa.table({
        "send_id": pa.array([f"S{number}" for number in serial.tolist()], pa.string()),
        "campaign_id": chosen([c.campaign_id for c in world.campaigns], sends.campaign),
        "channel": chosen([c.channel for c in world.campaigns], sends.campaign),
        **_keys(history, sends.person, second),
        "sent_at": moments(second),
    })  # fmt: skip
    sent = np.flatnonzero(sends.treated)
    treated = table.take(pa.array(sent))
    for month, part in monthly(world, world.clock.month[day[sent]]):
        files.table(
            f"raw/marketing/sends_{month}.parquet",
            treated.slice(part.start, part.stop - part.start),
        )
    kept = table.take(pa.array(np.flatnonzero(~sends.treated)))
    names = ["control_id", *kept.column_names[1:-1], "assigned_at"]
    files.table("raw/marketing/controls.parquet", kept.rename_columns(names))
    _redemptions(files, world, history, ids)


def _redemptions(files: Files, world: World, history: History, ids: Any) -> None:
    bought, lines = history.purchases, history.lines
    coupon = np.bincount(lines.order, lines.coupon, minlength=len(bought)).astype(np.int64)
    order = np.flatnonzero(coupon > 0)
    campaign = history.used[order]
    keys = _keys(history, bought.person[order], bought.second[order])
    named = [c.campaign_id for c in world.campaigns]
    orders = ids.take(pa.array(order))
    rows = joined([
        pa.array([f"R{number}" for number in orders.to_pylist()], pa.string()),
        chosen([_coupon(name) for name in named], campaign),
        chosen(named, campaign),
        orders,
        *(column.fill_null("") for column in keys.values()),
        clock(bought.second[order], ahead=ZONE_SECONDS),
        money(coupon[order]).cast(pa.string()),
    ])  # fmt: skip
    header = (
        "redemption_id,coupon_id,campaign_id,order_id,card_no,openid,account_id,"
        "redeemed_at,amount\n"
    )
    files.text("raw/marketing/redemptions.csv", rows, header=header)


def _keys(history: History, person: Ints, second: Ints) -> dict[str, Any]:
    """How the marketing system knows the members at the time: every account they then had."""
    accounts = history.accounts
    return {
        "card_no": _held(accounts.card_no, accounts.card, person, second),
        "openid": _held(accounts.openid, accounts.miniprogram, person, second),
        "account_id": _held(accounts.account_id, accounts.web, person, second),
    }


def _held(values: list[str], since: Ints, person: Ints, second: Ints) -> Any:
    has: Flags = since[person] <= second
    return either(has, chosen(values, person), None)


def _coupon(campaign: str) -> str:
    return f"Q{campaign[1:]}"


def _column(values: list[str]) -> Any:
    return pa.array(values, pa.string())
