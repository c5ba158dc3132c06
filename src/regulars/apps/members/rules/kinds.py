"""Kinds of identifiers and what each may do to a person's identity.

Strong keys merge: two members who share one are one person. Attaching keys find a member and
carry a member without strong keys to one with them, but never join two members who both own
strong keys: mailboxes, accounts of one app and till numbers are shared or reissued too often.
Weak keys are remembered and join nothing: a shop's tablet would merge strangers.
A phone or e-mail nobody verified is treated as weak, whatever its kind says.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import IntEnum

from regulars.base.errors import IdentityError


class Strength(IntEnum):
    """What a shared identifier does, strongest first."""

    STRONG = 0
    ATTACHING = 1
    WEAK = 2


@dataclass(frozen=True, slots=True)
class KindPolicy:
    """How one kind of identifier is treated.

    Attributes:
        kind: Its name, as in mappings and in the ledger.
        strength: What it does when two members share it.
        priority: 1 is the strongest; the weakest identifier gives way when a merge breaks a limit.
        limit: How many of this kind one member may own before a person is asked; None: no limit.
        blocked: What many people share and what therefore says nothing.
        needs_verification: Unverified values are weak.
    """

    kind: str
    strength: Strength
    priority: int
    limit: int | None
    blocked: re.Pattern[str]
    needs_verification: bool = False


def _any_of(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns), re.IGNORECASE)


# Values that systems write where they know nothing.
_SAYS_NOTHING = (
    r"[0\-]*",
    r"-1",
    r"(?P<same>.)(?P=same){5,}",
    r"null|none|nil|nan|n/?a|anonymous|anon|guest|visitor|unknown|undefined|default",
    r"tests?|tester|demo|dummy|example|x{2,}|无|空|未知|匿名|游客|散客|测试|默认",
)
_NOTHING = _any_of(*_SAYS_NOTHING)
_TEST_MAIL = _any_of(
    *_SAYS_NOTHING,
    r"(test|null|none|noemail|no-?reply|anonymous|unknown|n/?a)@.*",
    r".*@(localhost|invalid|.*\.(test|invalid))",
)
_REPEATED_DIGIT = _any_of(*_SAYS_NOTHING, r"\+\d*(?P<digit>\d)(?P=digit){7,}")

KINDS: dict[str, KindPolicy] = {
    policy.kind: policy
    for policy in (
        KindPolicy("unionid", Strength.STRONG, priority=1, limit=1, blocked=_NOTHING),
        KindPolicy("card_no", Strength.STRONG, priority=2, limit=5, blocked=_NOTHING),
        KindPolicy(
            "phone",
            Strength.STRONG,
            priority=3,
            limit=3,
            needs_verification=True,
            blocked=_REPEATED_DIGIT,
        ),
        KindPolicy("openid", Strength.ATTACHING, priority=4, limit=10, blocked=_NOTHING),
        KindPolicy(
            "email",
            Strength.ATTACHING,
            priority=5,
            limit=5,
            needs_verification=True,
            blocked=_TEST_MAIL,
        ),
        KindPolicy("pos_id", Strength.ATTACHING, priority=6, limit=10, blocked=_NOTHING),
        KindPolicy("device", Strength.WEAK, priority=7, limit=None, blocked=_NOTHING),
    )
}

# The position of a kind in every array of kinds, strongest first.
KIND_ORDER: tuple[str, ...] = tuple(sorted(KINDS, key=lambda kind: KINDS[kind].priority))


def policy(kind: str) -> KindPolicy:
    """Return the policy of the kind; raise ``IdentityError`` when there is no such kind."""
    try:
        return KINDS[kind]
    except KeyError:
        raise IdentityError(
            f"there is no kind of identifier {kind!r}", fix=f"Use one of: {', '.join(KIND_ORDER)}"
        ) from None


def strength_of(kind: str, *, verified: bool) -> Strength:
    """Return what an identifier of the kind does.

    >>> strength_of("phone", verified=True).name, strength_of("phone", verified=False).name
    ('STRONG', 'WEAK')
    """
    rule = policy(kind)
    if rule.needs_verification and not verified:
        return Strength.WEAK
    return rule.strength


def says_nothing(kind: str, value: str) -> bool:
    """Whether the value (raw or normal form) is one that systems write for nobody in particular.

    >>> says_nothing("card_no", "0000"), says_nothing("card_no", "1234")
    (True, False)
    """
    return policy(kind).blocked.fullmatch(value) is not None
