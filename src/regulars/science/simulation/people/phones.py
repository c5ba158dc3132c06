"""Whose phone is whose, since when, and what each source holds of it, mistakes included."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from regulars.science.simulation.people import numbers
from regulars.science.simulation.people.natures import People
from regulars.science.simulation.streams import Flags, Ints, stream
from regulars.science.simulation.world.everything import World

# Later than any moment of a history.
NEVER = np.int64(2**62)
_DAY = 86_400
# A number rests for two months before its carrier gives it to somebody else.
_REST_DAYS = 60
_CARD, _WEB = 0, 1


@dataclass(frozen=True, slots=True)
class Phones:
    """The phones of a chunk, one entry per member and guest; texts are eleven digits.

    Attributes:
        first: The phone the person has when they join.
        second: The phone after ``changed``, for those who gave theirs up.
        changed: When, in Unix seconds; ``NEVER`` for most.
        relative: The member whose phone a person gives as their own, -1 for most.
        heir: The member who later got a former owner's phone, -1 for most.
        on_card, on_web, on_miniprogram: What the source holds of each member, '' for nothing.
        mistyped_on: 0 the card, 1 the web account, -1 no record has a wrong digit.
        stale: Whether a former owner's old phone still stands on their card.
    """

    first: list[str]
    second: list[str]
    changed: Ints
    relative: Ints
    heir: Ints
    on_card: list[str]
    on_web: list[str]
    on_miniprogram: list[str]
    mistyped_on: Ints
    stale: Flags

    def at(self, person: Ints, second: Ints) -> list[str]:
        """Return the phone of each person at each moment."""
        later = second >= self.changed[person]
        return [
            self.second[p] if changed else self.first[p]
            for p, changed in zip(person.tolist(), later.tolist(), strict=True)
        ]


def phones_of(
    world: World, people: People, opened: tuple[Ints, Ints, Ints], joined: Ints, chunk: int
) -> Phones:
    """Return the phones; ``opened`` is when cards, web accounts and mini-program users began."""
    dirt, seed = world.options.dirt, world.options.seed
    rng = stream(seed, "phones", chunk)
    members, named = people.members, people.named
    first = numbers.phones(2 * people.number[:named], seed=seed)
    second = numbers.phones(2 * people.number[:named] + 1, seed=seed)
    relative = _relatives(rng, people.shop[:members], dirt.phone_shared)
    heir, changed = _heirs(rng, relative, joined, dirt.phone_recycled)
    for owner in np.flatnonzero(heir >= 0).tolist():
        first[int(heir[owner])] = first[owner]
    for person in np.flatnonzero(relative >= 0).tolist():
        first[person] = first[int(relative[person])]
    changed = np.concatenate([changed, np.full(named - members, NEVER)])
    stale = (heir >= 0) & (rng.random(members) < dirt.phone_stale)
    card, web, _ = opened
    mistyped_on = _mistyped(rng, card, web, dirt.phone_mistyped)
    # Former owners tell the web shop and the mini-program their new phone.
    now = [b if c < NEVER else a for a, b, c in zip(first, second, changed.tolist(), strict=True)]
    on_card = [
        first[m] if old and c < changed[m] else now[m]
        for m, (old, c) in enumerate(zip(stale.tolist(), card.tolist(), strict=True))
    ]
    on_web = list(now[:members])
    places, steps = rng.integers(4, 11, members), rng.integers(1, 10, members)
    for member in np.flatnonzero(mistyped_on >= 0).tolist():
        target = on_card if mistyped_on[member] == _CARD else on_web
        target[member] = numbers.mistyped(target[member], int(places[member]), int(steps[member]))
    wrong = mistyped_on
    return Phones(
        first=first,
        second=second,
        changed=changed,
        relative=relative,
        heir=heir,
        on_card=_kept(on_card, (rng.random(members) >= dirt.card_phone_missing) | (wrong == _CARD)),
        on_web=_kept(on_web, (rng.random(members) >= dirt.web_phone_missing) | (wrong == _WEB)),
        on_miniprogram=_kept(now[:members], rng.random(members) >= dirt.openid_phone_missing),
        mistyped_on=mistyped_on,
        stale=stale,
    )


def _relatives(rng: np.random.Generator, shop: Ints, share: float) -> Ints:
    """For some members, another of the same shop whose phone they give."""
    found = np.full(len(shop), -1, np.int64)
    takes = rng.random(len(shop)) < share
    # The next member of the shop who gives a phone of their own.
    order = np.lexsort((rng.random(len(shop)), shop))
    givers = order[~takes[order]]
    if not len(givers):
        return found
    place = np.cumsum(~takes[order]) % len(givers)
    takers = takes[order]
    found[order[takers]] = givers[place[takers]]
    # One phone is shared by two, not by three.
    _, once = np.unique(found, return_index=True)
    only = np.zeros(len(found), dtype=np.bool_)
    only[once] = True
    return np.where(only, found, -1)


def _heirs(
    rng: np.random.Generator, relative: Ints, joined: Ints, share: float
) -> tuple[Ints, Ints]:
    """For some early members, a late one who gets their phone; and when they gave it up."""
    members = len(joined)
    heir = np.full(members, -1, np.int64)
    changed = np.full(members, NEVER)
    alone = relative < 0
    alone[relative[relative >= 0]] = False
    first, last = int(joined.min()), int(joined.max())
    early = np.flatnonzero(alone & (joined < first + 0.4 * (last - first)))
    late = np.flatnonzero(alone & (joined > first + 0.6 * (last - first)))
    count = min(round(members * share), len(early), len(late))
    owners = rng.permutation(early)[:count]
    heirs = rng.permutation(late)[:count]
    rest = joined[heirs] - _REST_DAYS * _DAY
    enough = rest > joined[owners] + 7 * _DAY
    owners, heirs, rest = owners[enough], heirs[enough], rest[enough]
    heir[owners] = heirs
    span = rest - joined[owners] - 7 * _DAY
    changed[owners] = rest - (rng.random(len(owners)) * span).astype(np.int64)
    return heir, changed


def _mistyped(rng: np.random.Generator, card: Ints, web: Ints, share: float) -> Ints:
    """Which record has a wrong digit. A mini-program's phone comes from WeChat, never mistyped."""
    hit = rng.random(len(card)) < share
    has_card, has_web = card < NEVER, web < NEVER
    on_web = has_web & (~has_card | (rng.random(len(card)) < 0.5))
    return np.where(hit & on_web, _WEB, np.where(hit & has_card, _CARD, -1))


def _kept(phones: list[str], keep: Flags) -> list[str]:
    return [phone if kept else "" for phone, kept in zip(phones, keep.tolist(), strict=True)]
