"""Phones, cards and account ids: unique without a list of those taken, by arithmetic."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable

from regulars.science.simulation.streams import Ints

# Number blocks of Chinese mobile carriers. Simulated numbers may be somebody's: never call one.
_BLOCKS = (
    "130 131 132 133 134 135 136 137 138 139 150 151 152 153 155 156 157 158 159 "
    "166 176 177 178 180 181 182 183 184 185 186 187 188 189 198 199"
).split()
_SPACE = len(_BLOCKS) * 10**8
# Coprime to the spaces: multiplication then visits every number once.
_STEP_PHONE, _STEP_CARD = 1_500_450_271, 618_033_989
_CARDS = 10**9


def phones(places: Ints, *, seed: int) -> list[str]:
    """Return the eleven digits of the phone at each place; every place has another phone."""
    codes = (places * _STEP_PHONE + seed % 999_983 * 4_241) % _SPACE
    blocks, rests = codes // 10**8, codes % 10**8
    return [
        f"{_BLOCKS[block]}{rest:08d}"
        for block, rest in zip(blocks.tolist(), rests.tolist(), strict=True)
    ]


def cards(numbers: Ints, *, seed: int) -> list[str]:
    """Return a card number per person, such as HY048213377."""
    codes = (numbers * _STEP_CARD + seed % 999_983 * 7_919) % _CARDS
    return [f"HY{code:09d}" for code in codes.tolist()]


def web_accounts(numbers: Ints, *, seed: int) -> list[str]:
    """Return a web account id per person, such as web-1f0c33a9b2d4."""
    return [f"web-{_digest(seed, 'web', number).hex()[:14]}" for number in numbers.tolist()]


def openids(numbers: Ints, *, seed: int) -> list[str]:
    """Return the 28 letters by which the mini-program knows a person."""
    return [f"o{_letters(seed, 'openid', number, 27)}" for number in numbers.tolist()]


def unionids(numbers: Ints, *, seed: int) -> list[str]:
    """Return the 28 letters by which all WeChat apps of the chain know a person."""
    return [f"oU{_letters(seed, 'unionid', number, 26)}" for number in numbers.tolist()]


def devices(numbers: Ints, *, seed: int) -> list[str]:
    """Return the id of the browser a person uses."""
    return [f"d{_digest(seed, 'device', number).hex()[:12]}" for number in numbers.tolist()]


def written_phones(digits: Iterable[str], ways: Iterable[int]) -> list[str]:
    """Return phones as people type them: 0 plain, 1 spaces, 2 +86 and dashes, 3 +86, 4 full width.

    >>> written_phones(["13812345678"] * 3, [0, 1, 2])
    ['13812345678', '138 1234 5678', '+86 138-1234-5678']
    """
    return [_WAYS[way](phone) if phone else "" for phone, way in zip(digits, ways, strict=True)]


_WIDE = str.maketrans("0123456789", "０１２３４５６７８９")
_WAYS = (
    lambda phone: phone,
    lambda phone: f"{phone[:3]} {phone[3:7]} {phone[7:]}",
    lambda phone: f"+86 {phone[:3]}-{phone[3:7]}-{phone[7:]}",
    lambda phone: f"+86{phone}",
    lambda phone: phone.translate(_WIDE),
)


def mistyped(phone: str, place: int, step: int) -> str:
    """Return the phone with the digit at ``place`` (4 to 10) moved on by ``step`` (1 to 9).

    >>> mistyped("13812345678", 10, 1)
    '13812345679'
    """
    digit = (int(phone[place]) + step) % 10
    return f"{phone[:place]}{digit}{phone[place + 1 :]}"


def _digest(seed: int, purpose: str, number: int) -> bytes:
    return hashlib.blake2b(f"{seed} {purpose} {number}".encode(), digest_size=24).digest()


def _letters(seed: int, purpose: str, number: int, count: int) -> str:
    return base64.urlsafe_b64encode(_digest(seed, purpose, number)).decode()[:count]
