"""Orders as the till, the web shop and the mini-program export them, one row per line."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from regulars.science.simulation.output.files import Files
from regulars.science.simulation.output.months import monthly
from regulars.science.simulation.output.rows import (
    chosen,
    clock,
    either,
    joined,
    moments,
    money,
    text,
)
from regulars.science.simulation.people.natures import MINIPROGRAM, POS, WEB
from regulars.science.simulation.streams import Ints
from regulars.science.simulation.trade.history import History
from regulars.science.simulation.world.catalogue import product_ids
from regulars.science.simulation.world.everything import World
from regulars.science.simulation.world.geography import ZONE_SECONDS

POS_HEADER = (
    "订单号,行号,门店编号,导购编号,交易时间,会员卡号,手机号,商品编码,商品名称,数量,"
    "吊牌金额,优惠金额,券金额,实付金额\n"
)
_SERIALS = 10**7
_LETTER = ("P", "W", "M")


def order_ids(history: History) -> Any:
    """Return each order's number: the channel's letter, the chunk and the order's place in it."""
    bought = history.purchases
    serial = (10_000 + history.chunk) * _SERIALS + np.arange(len(bought))
    return pc.binary_join_element_wise(chosen(_LETTER, bought.channel), text(serial), "")


def write_orders(files: Files, world: World, history: History, ids: Any, phones: Any) -> None:
    """Write the lines of a chunk's orders to the monthly files of the three channels.

    ``ids`` and ``phones`` are aligned with the orders; a phone is what the buyer would give.
    """
    line_channel = history.purchases.channel[history.lines.order]
    for channel, write in ((POS, _till), (WEB, _web), (MINIPROGRAM, _miniprogram)):
        lines = np.flatnonzero(line_channel == channel)
        write(files, world, _Cut(world, history, ids, phones, lines))


class _Cut:
    """The lines of one channel, with what every export says of them."""

    def __init__(self, world: World, history: History, ids: Any, phones: Any, lines: Ints) -> None:
        all_lines, bought = history.lines, history.purchases
        self.history = history
        self.order = all_lines.order[lines]
        self.person = bought.person[self.order]
        self.second = bought.second[self.order]
        self.month = world.clock.month[bought.day[self.order]]
        self.ids = ids.take(pa.array(self.order))
        self.phones = phones.take(pa.array(self.order))
        self.number = all_lines.number[lines]
        self.shop = bought.shop[self.order]
        self.guide = bought.guide[self.order]
        self.product = all_lines.product[lines]
        self.quantity = all_lines.quantity[lines]
        self.listed = all_lines.listed[lines]
        self.discount = all_lines.discount[lines]
        self.coupon = all_lines.coupon[lines]
        self.paid = self.listed - self.discount - self.coupon
        self.member = np.minimum(self.person, history.people.members - 1)

    def amounts(self) -> list[Any]:
        return [money(part) for part in (self.listed, self.discount, self.coupon, self.paid)]


def _till(files: Files, world: World, cut: _Cut) -> None:
    shows_card = cut.history.shows_card[cut.order]
    shows_phone = cut.history.shows_phone[cut.order]
    cards = chosen(cut.history.accounts.card_no, np.where(shows_card, cut.member, -1))
    rows = joined([
        cut.ids,
        text(cut.number),
        chosen([store.store_id for store in world.chain.stores], cut.shop),
        chosen([guide.staff_id for guide in world.chain.staff], cut.guide),
        clock(cut.second, ahead=ZONE_SECONDS),
        cards,
        either(shows_phone, cut.phones),
        chosen(product_ids(world.catalogue.products), cut.product),
        chosen(world.catalogue.name, cut.product),
        text(cut.quantity),
        *(amount.cast(pa.string()) for amount in cut.amounts()),
    ])  # fmt: skip
    for month, part in monthly(world, cut.month):
        files.text(
            f"raw/pos/orders_{month}.csv",
            rows[part.start : part.stop],
            header=POS_HEADER,
            encoding="gb18030",
        )


def _web(files: Files, world: World, cut: _Cut) -> None:
    parts: list[Any] = ['{"order_id":"', cut.ids, '","line":', text(cut.number), ',"placed_at":"']
    parts += [_iso(cut.second), '","account":{"id":"']
    parts += [chosen(cut.history.accounts.account_id, cut.member)]
    parts += ['"},"receiver":{"phone":"', cut.phones, '"},"sku":"']
    parts += [chosen(product_ids(world.catalogue.products), cut.product), '","quantity":']
    parts += [text(cut.quantity)]
    names = ("list_amount", "discount", "coupon", "paid")
    for name, amount in zip(names, cut.amounts(), strict=True):
        parts += [f',"{name}":', amount.cast(pa.string())]
    parts += [',"currency":"CNY"}\n']
    rows = pc.binary_join_element_wise(*parts, "")
    for month, part in monthly(world, cut.month):
        files.text(f"raw/web/orders_{month}.jsonl", rows[part.start : part.stop])


def _iso(seconds: Ints) -> Any:
    """The moments as 2024-11-11T12:00:00Z."""
    plain = clock(seconds, ahead=0)
    date, time = pc.utf8_slice_codeunits(plain, 0, 10), pc.utf8_slice_codeunits(plain, 11, 19)
    return pc.binary_join_element_wise(date, "T", time, "Z", "")


def _miniprogram(files: Files, world: World, cut: _Cut) -> None:
    listed, discount, coupon, paid = cut.amounts()
    table = pa.table({
        "order_id": cut.ids,
        "line_no": pa.array(cut.number, pa.int32()),
        "created_at": moments(cut.second),
        "openid": chosen(cut.history.accounts.openid, cut.member),
        "receiver_phone": cut.phones,
        "sku": chosen(product_ids(world.catalogue.products), cut.product),
        "quantity": pa.array(cut.quantity, pa.int32()),
        "list_amount": listed,
        "discount_amount": discount,
        "coupon_amount": coupon,
        "paid_amount": paid,
    })  # fmt: skip
    for month, part in monthly(world, cut.month):
        files.table(
            f"raw/miniprogram/orders_{month}.parquet",
            table.slice(part.start, part.stop - part.start),
        )
