"""Visits, views, carts and orders as the shops' event collection exports them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from regulars.science.simulation.output.files import Files
from regulars.science.simulation.output.months import monthly
from regulars.science.simulation.output.rows import (
    chosen,
    either,
    moments,
    text,
)
from regulars.science.simulation.people.natures import CHANNELS, WEB
from regulars.science.simulation.people.numbers import devices
from regulars.science.simulation.streams import Ints, stream
from regulars.science.simulation.trade.history import History
from regulars.science.simulation.trade.sessions import EVENTS, ORDER
from regulars.science.simulation.world.catalogue import product_ids
from regulars.science.simulation.world.everything import World

_SERIALS = 10**8
# Web visits of people who did not sign in: only their device is known.
_UNKNOWN_SHARE = 0.2


def write_events(files: Files, world: World, history: History, ids: Any) -> None:
    """Write a chunk's browsing: visits, views, carts and the orders they lead to."""
    events = history.events
    count = len(events.event)
    rng = stream(world.options.seed, "signed in", history.chunk)
    sessions = int(events.session.max(initial=-1)) + 1
    ordering = np.zeros(sessions, dtype=np.bool_)
    ordering[events.session[events.event == ORDER]] = True
    unknown = ~ordering & (rng.random(sessions) < _UNKNOWN_SHARE)
    hidden = unknown[events.session] & (events.channel == WEB)
    accounts, people = history.accounts, history.people
    number = people.number[: people.members]
    on_web = events.channel == WEB
    account = pc.if_else(
        pa.array(on_web),
        chosen(accounts.account_id, events.person),
        chosen(accounts.openid, events.person),
    )
    base = (10_000 + history.chunk) * _SERIALS
    optional = [
        either(places >= 0, chosen(values, places), None)
        for values, places in (
            (product_ids(world.catalogue.products), events.product),
            (ids, events.order),
        )
    ]
    table = pa.table({
        "event_id": _coded("E", base + np.arange(count)),
        "event": chosen(EVENTS, events.event).dictionary_encode(),
        "channel": chosen(CHANNELS, events.channel).dictionary_encode(),
        "occurred_at": moments(events.second),
        "account_id": either(~hidden, account, None),
        "device_id": either(
            on_web, chosen(devices(number, seed=world.options.seed), events.person), None
        ),
        "session_id": _coded("V", base + events.session),
        "product_id": optional[0],
        "quantity": pa.array(events.quantity, pa.int32(), mask=events.quantity < 0),
        "order_id": optional[1],
    })  # fmt: skip
    for month, part in monthly(world, world.clock.month[events.day]):
        files.table(
            f"raw/events/events_{month}.parquet", table.slice(part.start, part.stop - part.start)
        )


def _coded(letter: str, numbers: Ints) -> Any:
    return pc.binary_join_element_wise(letter, text(numbers), "")
