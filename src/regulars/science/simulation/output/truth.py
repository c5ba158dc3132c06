"""The truth beside the raw files: who is who, what moved them, and which record is whose."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from regulars.science.simulation.output.files import Files
from regulars.science.simulation.output.rows import chosen, either, moments, money
from regulars.science.simulation.people.natures import CHANNELS, MEMBER, POS, People
from regulars.science.simulation.people.phones import NEVER
from regulars.science.simulation.streams import Flags, Floats, Ints
from regulars.science.simulation.trade.history import History
from regulars.science.simulation.world.everything import World
from regulars.science.simulation.world.geography import CITIES

_WEEK = 7.0


def write_truth(files: Files, world: World, history: History, ids: Any, phones: Any) -> None:
    """Write the chunk's people, purchases, records and identifiers."""
    files.table("truth/people.parquet", people_table(world, history))
    _purchases(files, world, history, ids)
    _records(files, history, phones)
    _identifiers(files, history)
    files.table("truth/sends.parquet", sends_table(world, history))


def people_table(world: World, history: History) -> pa.Table:
    """Return what is true of the chunk's members and guests."""
    people, accounts = history.people, history.accounts
    named = people.named
    end = float(world.clock.days)
    dropped = history.dropped_out[:named]
    member = people.kind[:named] == MEMBER
    joined = np.concatenate([accounts.joined, np.zeros(named - people.members, np.int64)])
    repeats = np.bincount(_repeaters(people, history), minlength=len(people))[:named]
    return pa.table({
        "person_id": people.number[:named],
        "is_member": member,
        "city": chosen([city.name for city in CITIES], people.city[:named]),
        "home_store_id": chosen([s.store_id for s in world.chain.stores], people.shop[:named]),
        "guide_id": chosen([g.staff_id for g in world.chain.staff], people.guide[:named]),
        "joined_at": pc.if_else(
            pa.array(member), moments(joined), pa.scalar(None, pa.timestamp("s", "UTC"))
        ),
        "joined_channel": either(member, chosen(CHANNELS, people.joins_by[:named]), None),
        "gender": chosen(("male", "female"), people.female[:named].astype(np.int64)),
        "birth_date": pa.array(people.birth_day[:named], pa.int32()).cast(pa.date32()),
        "buys": people.buys[:named],
        # BG/NBD, in weeks of the city's clock.
        "rate": people.rate[:named] * _WEEK,
        "dropout": people.dropout[:named],
        "first_week": people.starts[:named] / _WEEK,
        "horizon_weeks": (end - people.starts[:named]) / _WEEK,
        "dropped_out_week": _optional(np.isfinite(dropped), dropped / _WEEK),
        "repeat_purchases": repeats,
        "nu": people.nu[:named],
        "price_sensitivity": people.sensitivity[:named],
        "campaign_response": people.response[:named],
        "taste": _lists(people.taste[:named]),
        "style": _lists(people.style[:named]),
        "channel_mix": _lists(people.mix[:named]),
    })  # fmt: skip


def _repeaters(people: People, history: History) -> Ints:
    """The person of every purchase of the process after the first."""
    bought = history.purchases
    repeat = (bought.campaign < 0) & (bought.reading > people.starts[bought.person])
    return bought.person[repeat]


def _purchases(files: Files, world: World, history: History, ids: Any) -> None:
    bought, lines, people = history.purchases, history.lines, history.people
    count = len(bought)
    net = np.bincount(lines.order, lines.net, minlength=count).astype(np.int64)
    coupon = np.bincount(lines.order, lines.coupon, minlength=count).astype(np.int64)
    person = people.number[bought.person]
    campaigns = [campaign.campaign_id for campaign in world.campaigns]
    files.table(
        "truth/purchases.parquet",
        pa.table({
            "order_id": ids,
            "person_id": _optional(person >= 0, person),
            "ordered_at": moments(bought.second),
            "channel": chosen(CHANNELS, bought.channel),
            "week": bought.reading / _WEEK,
            "cause": chosen(("process", "campaign"), (bought.campaign >= 0).astype(np.int64)),
            "campaign_id": _named(campaigns, bought.campaign),
            "coupon_campaign_id": _named(campaigns, history.used),
            "meant_amount": np.round(history.meant, 4),
            "net_amount": money(net),
            "coupon_amount": money(coupon),
        }),
    )  # fmt: skip


def _records(files: Files, history: History, phones: Any) -> None:
    """One row per record of a source. A till phone that two people gave is nobody's record."""
    accounts, people = history.accounts, history.people
    number = people.number[: people.members]
    parts = [
        _record("crm", "card_no", accounts.card < NEVER, accounts.card_no, number),
        _record("web", "openid", accounts.web < NEVER, accounts.account_id, number),
        _record("miniprogram", "openid", accounts.miniprogram < NEVER, accounts.openid, number),
        _till_phones(history, phones),
    ]
    files.table("truth/records.parquet", pa.concat_tables(parts))


def _record(source: str, kind: str, has: Flags, keys: list[str], number: Ints) -> pa.Table:
    held = np.flatnonzero(has)
    return _rows(source, kind, pa.array(keys, pa.string()).take(pa.array(held)), number[held])


def _rows(source: str, kind: str, keys: Any, number: Ints) -> pa.Table:
    return pa.table({
        "source": pa.array([source] * len(number), pa.string()),
        "record_key": keys,
        "kind": pa.array([kind] * len(number), pa.string()),
        "person_id": pa.array(number, pa.int64()),
    })  # fmt: skip


def _till_phones(history: History, phones: Any) -> pa.Table:
    bought, book = history.purchases, history.accounts.phones
    alone = (bought.channel == POS) & history.shows_phone & ~history.shows_card
    unclear = np.zeros(len(history.people), dtype=np.bool_)
    for owner, other in ((book.relative, True), (book.heir, True)):
        involved = np.flatnonzero(owner >= 0)
        unclear[involved] = other
        unclear[owner[involved]] = other
    alone &= ~unclear[bought.person]
    person, place = np.unique(bought.person[alone], return_index=True)
    keys = phones.take(pa.array(np.flatnonzero(alone)[place]))
    return _rows("pos", "phone", keys, history.people.number[person])


def _identifiers(files: Files, history: History) -> None:
    """Every phone of every person, with the days it was theirs and what is odd about it."""
    people, accounts = history.people, history.accounts
    book, named = accounts.phones, people.named
    gave_up = book.changed < NEVER
    inherited = np.zeros(named, dtype=np.bool_)
    inherited[book.heir[book.heir >= 0]] = True
    shared = np.zeros(named, dtype=np.bool_)
    takers = np.flatnonzero(book.relative >= 0)
    shared[takers] = True
    shared[book.relative[takers]] = True
    state = np.select([inherited, gave_up, shared], [1, 2, 3], 0)
    states = ("own", "recycled_to", "given_up", "shared")
    second = np.flatnonzero(gave_up)
    wrong = np.flatnonzero(book.mistyped_on >= 0)
    wrong_text = [
        (book.on_card if book.mistyped_on[m] == 0 else book.on_web)[m] for m in wrong.tolist()
    ]
    persons = np.concatenate([np.arange(named), second, wrong])
    values = [*book.first, *(book.second[m] for m in second.tolist()), *wrong_text]
    names = [*chosen(states, state).to_pylist(), *["own"] * len(second), *["mistyped"] * len(wrong)]
    none = np.full(len(wrong), NEVER)
    since = np.concatenate([np.full(named, NEVER), book.changed[second], none])
    until = np.concatenate([book.changed, np.full(len(second), NEVER), none])
    where = np.concatenate([np.full(named + len(second), -1), book.mistyped_on[wrong]])
    files.table(
        "truth/identifiers.parquet",
        pa.table({
            "person_id": people.number[persons],
            "kind": pa.array(["phone"] * len(persons)),
            "value": pa.array(values, pa.string()),
            "state": pa.array(names, pa.string()),
            "since": _moments(since),
            "until": _moments(until),
            "source": _named(["crm", "web"], where),
        }),
    )  # fmt: skip


def sends_table(world: World, history: History) -> pa.Table:
    """Return whom each campaign chose, and what a message would do to them."""
    sends = history.sends
    return pa.table({
        "campaign_id": chosen([c.campaign_id for c in world.campaigns], sends.campaign),
        "person_id": history.people.number[sends.person],
        "treated": sends.treated,
        # The chance of an extra order if sent; control people have it too, and no message.
        "chance": sends.chance,
        "responded": sends.responded,
    })  # fmt: skip


def _moments(seconds: Ints) -> Any:
    real = seconds < NEVER
    found = moments(np.where(real, seconds, 0))
    return pc.if_else(pa.array(real), found, pa.scalar(None, pa.timestamp("s", "UTC")))


def _named(names: list[str], places: Ints) -> Any:
    """The name at each place, null for a negative one."""
    return either(places >= 0, chosen(names, places), None)


def _optional(present: Flags, values: Ints | Floats) -> Any:
    return pa.array(values, mask=~present)


def _lists(values: Floats) -> Any:
    flat = pa.array(np.round(values, 5).astype(np.float32).ravel())
    return pa.FixedSizeListArray.from_arrays(flat, values.shape[1])
