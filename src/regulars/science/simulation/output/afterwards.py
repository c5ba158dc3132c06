"""Refunds and reviews as the shops' systems export them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from regulars.science.simulation.output.files import Files
from regulars.science.simulation.output.rows import (
    chosen,
    clock,
    either,
    joined,
    money,
    text,
)
from regulars.science.simulation.people.natures import CHANNELS, MINIPROGRAM, POS, WEB
from regulars.science.simulation.trade.history import History
from regulars.science.simulation.trade.refunds import REASONS
from regulars.science.simulation.trade.review_words import ASPECTS
from regulars.science.simulation.world.catalogue import product_ids
from regulars.science.simulation.world.everything import World
from regulars.science.simulation.world.geography import ZONE_SECONDS

REFUND_HEADER = (
    "退款单号,订单号,行号,渠道,门店编号,会员卡号,手机号,线上账号,商品编码,退款数量,退款金额,"
    "退款时间,退款原因\n"
)
_CHANNEL_WORDS = ("门店", "官网", "小程序")


def write_refunds(files: Files, world: World, history: History, ids: Any, phones: Any) -> None:
    """Write a chunk's refunds: one list for all channels, kept by the tills."""
    refunds, lines, bought = history.refunds, history.lines, history.purchases
    line = refunds.line
    order = lines.order[line]
    channel, person = bought.channel[order], bought.person[order]
    orders = ids.take(pa.array(order))
    accounts = history.accounts
    online = pc.if_else(
        pa.array(channel == WEB),
        chosen(accounts.account_id, np.where(channel == WEB, person, -1)),
        chosen(accounts.openid, np.where(channel == MINIPROGRAM, person, -1)),
    )
    rows = joined([
        pc.binary_join_element_wise("T", orders, text(lines.number[line]), "-"),
        orders,
        text(lines.number[line]),
        chosen(_CHANNEL_WORDS, channel),
        chosen([store.store_id for store in world.chain.stores], bought.shop[order]),
        chosen(accounts.card_no, np.where(history.shows_card[order], person, -1)),
        either(history.shows_phone[order], phones.take(pa.array(order))),
        either(channel != POS, online),
        chosen(product_ids(world.catalogue.products), lines.product[line]),
        text(refunds.quantity),
        money(refunds.amount).cast(pa.string()),
        clock(refunds.second, ahead=ZONE_SECONDS),
        chosen(REASONS, refunds.reason),
    ])  # fmt: skip
    files.text("raw/pos/refunds.csv", rows, header=REFUND_HEADER, encoding="gb18030")


def write_reviews(files: Files, world: World, history: History, ids: Any) -> None:
    """Write a chunk's reviews, and in the truth what each is about."""
    reviews, lines, bought = history.reviews, history.lines, history.purchases
    order = lines.order[reviews.line]
    person, channel = bought.person[order], bought.channel[order]
    orders = ids.take(pa.array(order))
    names = pc.binary_join_element_wise("F", orders, text(lines.number[reviews.line]), "-")
    accounts = history.accounts
    carded = np.where(history.shows_card[order] & (channel == POS), person, -1)
    rows = pc.binary_join_element_wise(
        *('{"review_id":"', names, '","channel":"', chosen(CHANNELS, channel)),
        *('","order_id":"', orders, '","sku":"'),
        *(chosen(product_ids(world.catalogue.products), lines.product[reviews.line]), '"'),
        *(',"card_no":"', chosen(accounts.card_no, carded)),
        *('","account_id":"', chosen(accounts.account_id, np.where(channel == WEB, person, -1))),
        *('","openid":"', chosen(accounts.openid, np.where(channel == MINIPROGRAM, person, -1))),
        *('","rating":', text(reviews.rating), ',"text":"', pa.array(reviews.text, pa.string())),
        *('","created_at":"', clock(reviews.second, ahead=0), 'Z"}\n'),
        "",
    )
    files.text("raw/reviews/reviews.jsonl", rows)
    files.table(
        "truth/reviews.parquet",
        pa.table({
            "review_id": names,
            "person_id": history.people.number[person],
            "rating": reviews.rating,
            "aspect": chosen(ASPECTS, reviews.aspect),
            "tone": chosen(("pleased", "so-so", "disappointed"), reviews.tone),
            "language": chosen(("zh", "en"), reviews.english.astype(np.int64)),
        }),
    )  # fmt: skip
