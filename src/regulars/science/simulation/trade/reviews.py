"""What people write about what they bought: stars, and a few words in Chinese or English."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from regulars.science.simulation.people.natures import MEMBER, POS, People
from regulars.science.simulation.streams import Flags, Ints, stream
from regulars.science.simulation.trade.baskets import Lines
from regulars.science.simulation.trade.purchases import Purchases
from regulars.science.simulation.trade.refunds import Refunds
from regulars.science.simulation.trade.review_words import (
    ASPECTS,
    CHINESE,
    ENGLISH,
    OPEN_CHINESE,
    OPEN_ENGLISH,
)
from regulars.science.simulation.world.catalogue import BRANDS_PER_CATEGORY, PRODUCTS_PER_CELL
from regulars.science.simulation.world.categories import CATEGORIES
from regulars.science.simulation.world.everything import World
from regulars.science.simulation.world.geography import ZONE_SECONDS

SHARE_ONLINE, SHARE_POS, ENGLISH_SHARE = 0.045, 0.004, 0.1


@dataclass(frozen=True, slots=True)
class Reviews:
    """Reviews by time; ``tone`` is 0 pleased, 1 so-so, 2 disappointed about ``aspect``."""

    line: Ints
    second: Ints
    rating: Ints
    aspect: Ints
    tone: Ints
    english: Flags
    text: list[str]


def reviews_of(
    world: World, people: People, bought: Purchases, lines: Lines, refunds: Refunds, chunk: int
) -> Reviews:
    """Return the members' reviews written within the history.

    Stars are the brand's quality, the person's mood, and 1.4 less for what was given back.
    """
    rng = stream(world.options.seed, "reviews", chunk)
    online = bought.channel[lines.order] != POS
    member = people.kind[bought.person[lines.order]] == MEMBER
    share = np.where(online, SHARE_ONLINE, SHARE_POS)
    line = np.flatnonzero((rng.random(len(lines)) < share) & member)
    second = bought.second[lines.order[line]] + rng.integers(2, 21, len(line)) * 86_400
    second += rng.integers(0, 40_000, len(line))
    end = np.datetime64(world.options.until, "s").astype(np.int64) - ZONE_SECONDS
    line, second = line[second < end], second[second < end]
    order = np.lexsort((line, second))
    line, second = line[order], second[order]
    returned = np.zeros(len(lines), dtype=np.bool_)
    returned[refunds.line] = True
    stars = world.catalogue.quality[lines.product[line] // PRODUCTS_PER_CELL]
    stars = stars + 0.9 * rng.normal(size=len(line)) - 1.4 * returned[line]
    rating = np.clip(np.round(stars), 1, 5).astype(np.int64)
    aspect = rng.integers(0, len(ASPECTS), len(line))
    tone = np.select([rating >= 4, rating == 3], [0, 1], 2)
    # A person writes in one language.
    writes_english = stream(world.options.seed, "languages", chunk).random(len(people))
    english = writes_english[bought.person[lines.order[line]]] < ENGLISH_SHARE
    return Reviews(
        line=line,
        second=second,
        rating=rating,
        aspect=aspect,
        tone=tone,
        english=english,
        text=_texts(rng, world, lines.product[line], aspect, tone, english),
    )


def _texts(
    rng: np.random.Generator,
    world: World,
    product: Ints,
    aspect: Ints,
    tone: Ints,
    english: Flags,
) -> list[str]:
    opening = rng.integers(0, 12, len(product)).tolist()
    category = (product // (PRODUCTS_PER_CELL * BRANDS_PER_CATEGORY)).tolist()
    found = []
    columns = (product.tolist(), aspect.tolist(), tone.tolist(), english.tolist())
    for place, (item, about, how, in_english) in enumerate(zip(*columns, strict=True)):
        if in_english:
            start = OPEN_ENGLISH[opening[place] % len(OPEN_ENGLISH)]
            what = CATEGORIES[category[place]].english
            found.append(f"{start}{ENGLISH[about][how]} ({what}).")
        else:
            start = OPEN_CHINESE[opening[place] % len(OPEN_CHINESE)]
            found.append(f"{start}{world.catalogue.thing[item]}{CHINESE[about][how]}。")
    return found
