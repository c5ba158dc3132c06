"""Where the chain is: cities and their climate, shops, guides."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from regulars.science.simulation.streams import Ints, stream

ZONE = "Asia/Shanghai"
# China keeps one clock without summer time.
ZONE_SECONDS = 8 * 3600


@dataclass(frozen=True, slots=True)
class City:
    """A city: its share of the people, and its weather.

    ``mean`` and ``swing`` are degrees Celsius over the year; ``rain`` is the share of rainy days
    in winter and in summer.
    """

    code: str
    name: str
    region_id: str
    region: str
    share: float
    mean: float
    swing: float
    rain: tuple[float, float]


CITIES = (
    City("SH", "上海", "EAST", "华东", 0.17, 17.0, 12.0, (0.28, 0.42)),
    City("HZ", "杭州", "EAST", "华东", 0.09, 17.2, 12.2, (0.32, 0.44)),
    City("NJ", "南京", "EAST", "华东", 0.08, 16.2, 12.8, (0.25, 0.40)),
    City("BJ", "北京", "NORTH", "华北", 0.14, 13.0, 15.5, (0.06, 0.36)),
    City("TJ", "天津", "NORTH", "华北", 0.05, 13.2, 15.2, (0.06, 0.33)),
    City("GZ", "广州", "SOUTH", "华南", 0.12, 22.6, 7.5, (0.20, 0.54)),
    City("SZ", "深圳", "SOUTH", "华南", 0.11, 23.2, 7.0, (0.18, 0.56)),
    City("CD", "成都", "WEST", "西南", 0.09, 16.8, 10.5, (0.22, 0.48)),
    City("CQ", "重庆", "WEST", "西南", 0.06, 18.6, 10.8, (0.30, 0.42)),
    City("WH", "武汉", "MID", "华中", 0.09, 17.3, 13.2, (0.27, 0.41)),
)

_ROADS = (
    "人民路 中山路 解放路 建设路 和平路 新华路 文化路 滨江 万象 天街 大学城 火车站 科技园 老街 "
    "金融街"
)
_KINDS = "店 旗舰店 广场店 购物中心店 社区店"
SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
GIVEN = (
    "伟 芳 娜 秀英 敏 静 丽 强 磊 军 洋 勇 艳 杰 娟 涛 明 超 秀兰 霞 平 刚 桂英 文博 子涵 "
    "欣怡 梓轩 雨桐 浩然 思远 佳琪 嘉豪 晓彤 俊杰 梦洁 若曦 宇航 诗涵 一诺 可馨 志强 建国 "
    "海燕 春梅 立新 玉兰 家明 晨曦 "
    "雪 婷婷 丹 鹏 飞 倩 慧 斌 波 琳 燕 颖 凯 瑞 佳 博 阳 宁 楠 岚 莹 璐"
).split()


@dataclass(frozen=True, slots=True)
class Shop:
    """A shop, or one of the two online shops, which belong to no city."""

    store_id: str
    name: str
    city: int | None
    region_id: str
    region: str
    opened_on: date


@dataclass(frozen=True, slots=True)
class Guide:
    """Someone who works in a shop."""

    staff_id: str
    name: str
    shop: int
    role: str
    hired_on: date


@dataclass(frozen=True, slots=True)
class Chain:
    """Shops (those with doors first, the online shops last) and their guides.

    ``first_shop`` and ``shops`` say which shops a city has: a run of consecutive places in
    ``stores``; ``first_guide`` and ``guides`` say the same of a shop's guides.
    """

    stores: tuple[Shop, ...]
    staff: tuple[Guide, ...]
    first_shop: Ints
    shops: Ints
    first_guide: Ints
    guides: Ints

    @property
    def web(self) -> int:
        """The place of the web shop."""
        return len(self.stores) - 2

    @property
    def miniprogram(self) -> int:
        """The place of the mini-program's shop."""
        return len(self.stores) - 1


def chain_of(*, members: int, seed: int, first_day: date) -> Chain:
    """Return shops and guides for that many members: about one shop for 5,000, two per city."""
    rng = stream(seed, "chain")
    roads, kinds = _ROADS.split(), _KINDS.split()
    stores: list[Shop] = []
    staff: list[Guide] = []
    first_shop, shops, first_guide, guides = [], [], [], []
    for place, city in enumerate(CITIES):
        count = max(2, round(members / 5_000 * city.share * 1.1))
        first_shop.append(len(stores))
        shops.append(count)
        for number in range(count):
            name = f"{city.name}{roads[number % 15]}{kinds[(number // 15 + place) % 5]}"
            opened = first_day - timedelta(days=int(rng.integers(200, 4000)))
            store_id = f"{city.code}{number + 1:03d}"
            first_guide.append(len(staff))
            guides.append(int(rng.integers(4, 9)))
            for _ in range(guides[-1]):
                hired = opened + timedelta(days=int(rng.integers(0, 180)))
                role = "店长" if len(staff) == first_guide[-1] else "导购"
                staff.append(Guide(f"G{len(staff) + 1:05d}", _name(rng), len(stores), role, hired))
            stores.append(Shop(store_id, name, place, city.region_id, city.region, opened))
    for store_id, name in (("WEB", "官网商城"), ("MINI", "小程序商城")):
        opened = first_day - timedelta(days=400)
        stores.append(Shop(store_id, name, None, "ONLINE", "线上", opened))
    return Chain(
        tuple(stores),
        tuple(staff),
        *(np.array(part, np.int64) for part in (first_shop, shops, first_guide, guides)),
    )


def _name(rng: np.random.Generator) -> str:
    return SURNAMES[rng.integers(len(SURNAMES))] + GIVEN[rng.integers(len(GIVEN))]
