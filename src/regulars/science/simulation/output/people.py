"""Member lists as the CRM, the web shop and the mini-program export them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from regulars.science.simulation.output.files import Files
from regulars.science.simulation.output.rows import chosen, clock, either, joined, moments
from regulars.science.simulation.people.natures import People
from regulars.science.simulation.people.numbers import written_phones
from regulars.science.simulation.people.phones import NEVER
from regulars.science.simulation.streams import Flags, Ints, stream
from regulars.science.simulation.trade.history import History
from regulars.science.simulation.world.everything import World
from regulars.science.simulation.world.geography import CITIES, ZONE_SECONDS

# The byte order mark is what spreadsheets need to read UTF-8.
CRM_HEADER = (
    "\ufeff会员卡号,姓名,性别,生日,手机号,手机已验证,邮箱,微信UnionID,注册渠道,注册门店,专属导购,"
    "注册时间,城市\n"
)
_CARD_CHANNELS = ("门店", "官网", "小程序")
_WAYS = np.array([1, 2, 3, 4])


def write_people(files: Files, world: World, history: History) -> None:
    """Write the chunk's cards, web accounts and mini-program users."""
    rng = stream(world.options.seed, "lists", history.chunk)
    accounts, people = history.accounts, history.people
    count = people.members
    way = np.where(
        rng.random((2, count)) < world.options.dirt.phone_format,
        rng.choice(_WAYS, (2, count)),
        0,
    )
    born = pa.array(people.birth_day[:count], pa.int32()).cast(pa.date32())
    shown = _Shown(
        rng,
        people=people,
        born=born,
        emails=_cased(rng, accounts.email, world.options.dirt.email_case),
    )
    _cards(files, world, history, shown, way[0])
    _web_accounts(files, history, shown, way[1])
    _miniprogram_users(files, history, shown)


class _Shown:
    """What each member tells which source; drawn once so that sources agree on the person."""

    def __init__(self, rng: np.random.Generator, *, people: People, born: Any, emails: Any) -> None:
        count = people.members
        self.born = born
        self.emails = emails
        self.female = people.female[:count]
        self.card_born = rng.random(count) < 0.8
        self.web_born = rng.random(count) < 0.5
        self.user_born = rng.random(count) < 0.4
        self.card_email = rng.random(count) < 0.5
        self.unionid_on_card = rng.random(count) < 0.7
        self.card_on_user = rng.random(count) < 0.75
        self.card_on_web = rng.random(count) < 0.6
        self.verified = rng.random(count) < 0.85
        self.nickname = rng.integers(0, 10_000, count)


def _cards(files: Files, world: World, history: History, shown: _Shown, way: Ints) -> None:
    accounts, people = history.accounts, history.people
    held = np.flatnonzero(accounts.card < NEVER)
    phones = accounts.phones.on_card
    wrong = accounts.phones.mistyped_on[held] == 0
    unionid = shown.unionid_on_card & accounts.has_unionid & (accounts.miniprogram < NEVER)
    city = pa.array([CITIES[c].name for c in range(len(CITIES))])
    rows = joined([
        _texts(accounts.card_no, held),
        _texts(accounts.name, held),
        chosen(("男", "女"), shown.female[held].astype(np.int64)),
        either(shown.card_born[held], shown.born.take(pa.array(held)).cast(pa.string())),
        _texts(written_phones([phones[m] for m in held.tolist()], way[held].tolist())),
        chosen(("否", "是"), (shown.verified[held] & ~wrong).astype(np.int64)),
        either(shown.card_email[held], shown.emails.take(pa.array(held))),
        either(unionid[held], _texts(accounts.unionid, held)),
        chosen(_CARD_CHANNELS, accounts.card_channel[held]),
        chosen([store.store_id for store in world.chain.stores], people.shop[held]),
        chosen([guide.staff_id for guide in world.chain.staff], people.guide[held]),
        clock(accounts.card[held], ahead=ZONE_SECONDS),
        chosen(city, people.city[held]),
    ])  # fmt: skip
    files.text("raw/crm/members.csv", rows, header=CRM_HEADER)


def _web_accounts(files: Files, history: History, shown: _Shown, way: Ints) -> None:
    accounts = history.accounts
    held = np.flatnonzero(accounts.web < NEVER)
    phones = accounts.phones.on_web
    written = _texts(written_phones([phones[m] for m in held.tolist()], way[held].tolist()))
    card = shown.card_on_web & (accounts.card < NEVER)
    rows = pc.binary_join_element_wise(
        *('{"account_id":"', _texts(accounts.account_id, held)),
        *('","email":"', shown.emails.take(pa.array(held))),
        *('","phone":', _quoted(written)),
        *(',"name":"', _texts(accounts.name, held)),
        *('","gender":"', chosen(("M", "F"), shown.female[held].astype(np.int64))),
        '","birthday":',
        _quoted(either(shown.web_born[held], shown.born.take(pa.array(held)).cast(pa.string()))),
        *(',"card_no":', _quoted(either(card[held], _texts(accounts.card_no, held)))),
        *(',"registered_at":"', clock(accounts.web[held], ahead=0)),
        'Z"}\n',
        "",
    )
    files.text("raw/web/accounts.jsonl", rows)


def _miniprogram_users(files: Files, history: History, shown: _Shown) -> None:
    accounts = history.accounts
    held = np.flatnonzero(accounts.miniprogram < NEVER)
    card = shown.card_on_user & (accounts.card < NEVER)
    names = accounts.name
    nick = [f"{names[m][-1]}{shown.nickname[m]}" for m in held.tolist()]
    born = shown.born.take(pa.array(held))
    files.table(
        "raw/miniprogram/users.parquet",
        pa.table({
            "openid": _texts(accounts.openid, held),
            "unionid": _present(accounts.has_unionid[held], _texts(accounts.unionid, held)),
            "phone": _filled(_texts(accounts.phones.on_miniprogram, held)),
            "card_no": _present(card[held], _texts(accounts.card_no, held)),
            "nickname": _texts(nick),
            "gender": pa.array(np.where(shown.female[held], 2, 1), pa.int8()),
            "birthday": pc.if_else(
                pa.array(shown.user_born[held]), born, pa.scalar(None, pa.date32())
            ),
            "registered_at": moments(accounts.miniprogram[held]),
        }),
    )  # fmt: skip


def _texts(values: list[str], places: Ints | None = None) -> Any:
    found = pa.array(values, pa.string())
    return found if places is None else found.take(pa.array(places))


def _present(where: Flags, values: Any) -> Any:
    return either(where, values, None)


def _filled(values: Any) -> Any:
    """Null instead of an empty text."""
    return pc.if_else(pc.equal(values, ""), pa.scalar(None, pa.string()), values)


def _quoted(values: Any) -> Any:
    """JSON texts; null for an empty one."""
    quoted = pc.binary_join_element_wise('"', values, '"', "")
    return pc.if_else(pc.equal(values, ""), "null", quoted)


def _cased(rng: np.random.Generator, emails: list[str], share: float) -> Any:
    capitals = (rng.random(len(emails)) < share).tolist()
    return _texts([e.title() if c else e for e, c in zip(emails, capitals, strict=True)])
